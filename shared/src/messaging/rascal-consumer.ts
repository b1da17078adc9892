import type { Message } from 'amqplib';
import type { AckOrNack, BrokerAsPromised, SubscriberSessionAsPromised } from 'rascal';
import type { Logger } from '../logging/logger.js';
import type { AmqpPublisher } from './amqp-publisher.js';
import { attemptHeader, fromAmqp, toAmqp } from './amqp-message.js';
import { delayExchange } from './amqp-topology.js';
import { type IncomingMessage, type MessageHandler, PermanentFault } from './bus.js';
import { reasonOf } from './fault-reason.js';
import { InFlight } from './in-flight.js';
import { deadLetterExchange, retryDelayMs } from './topology.js';

const SUBSCRIBE_LIMIT_MS = 5_000;
/** A message that could be neither handled nor put away goes back to its queue after this pause. */
const REQUEUE_DELAY_MS = 1_000;
const GIVEN_BACK = { strategy: 'nack', requeue: true } as const;

interface RascalConsumerOptions {
  readonly queue: string;
  readonly service: string;
  readonly handler: MessageHandler;
  readonly prefetch: number;
  readonly logger: Logger;
  /** For what is put away: retries and dead letters. */
  readonly publisher: AmqpPublisher;
  /** The broker has ended the subscription: mostly, as its queue was deleted. */
  readonly onCancelled: () => void;
}

/** Consumes one queue: acknowledges what was handled, or what was put away for a later attempt or as a dead letter. */
export class RascalConsumer {
  private readonly inFlight = new InFlight();
  private session: SubscriberSessionAsPromised | undefined;
  /** How the messages in hand are answered. */
  private readonly answers = new Set<AckOrNack>();

  constructor(private readonly options: RascalConsumerOptions) {}

  /** Messages that were handed out to this consumer and are not settled. */
  get unsettled(): number {
    return this.inFlight.count;
  }

  /** Resolves when the consumer runs; rascal brings it back by itself when it, or the connection, was lost. */
  async subscribe(broker: BrokerAsPromised): Promise<void> {
    const { queue, prefetch, logger, onCancelled } = this.options;
    const session = await broker.subscribe(queue, { prefetch });
    this.session = session;
    session.on('error', (error) => logger.warn({ err: error, queue }, 'consumer'));
    session.on('cancelled', (error) => {
      logger.warn({ err: error, queue }, 'the broker cancelled the consumer');
      onCancelled();
    });
    session.on('invalid_content', (_error, message, settle) => this.receive(session, message, settle));
    const subscribed = new Promise<void>((resolve) => session.once('subscribed', resolve));
    // This listener makes rascal consume.
    session.on('message', (message, _content, settle) => this.receive(session, message, settle));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, SUBSCRIBE_LIMIT_MS);
      void subscribed.then(() => clearTimeout(timer)).then(resolve);
    });
  }

  /** Takes no more messages. Resolves when the consumer is closed; what was not settled goes back to the queue. */
  async cancel(): Promise<void> {
    const session = this.session;
    this.session = undefined;
    await session?.cancel().catch((error: unknown) => {
      this.options.logger.warn({ err: error, queue: this.options.queue }, 'consumer: closed before its handlers ended');
    });
  }

  /** Resolves when the handlers in flight have ended; false when the limit came first. */
  drained(limitMs: number): Promise<boolean> {
    return this.inFlight.settled(limitMs);
  }

  /** Gives back to the queue what its handlers still have in hand; their own answers come too late then. */
  giveBack(): void {
    for (const settle of this.answers) settle(new Error('the consumer was stopped'), GIVEN_BACK);
    this.answers.clear();
  }

  private receive(session: SubscriberSessionAsPromised, message: Message, settle: AckOrNack): void {
    if (session === this.session) return this.inFlight.track(this.handle(message, settle));
    settle(new Error('the consumer was stopped'), GIVEN_BACK);
  }

  private async handle(message: Message, settle: AckOrNack): Promise<void> {
    const incoming = fromAmqp(message);
    this.answers.add(settle);
    try {
      await this.handler(incoming, message.content);
      if (this.answers.delete(settle)) settle();
    } catch (error) {
      const { queue, logger } = this.options;
      logger.warn({ err: error, queue, messageId: incoming.messageId }, 'message could not be put away: requeued');
      const reason = error instanceof Error ? error : new Error(String(error));
      if (this.answers.delete(settle)) settle(reason, { ...GIVEN_BACK, defer: REQUEUE_DELAY_MS });
    }
  }

  /** Rejects only when the message could neither be handled nor put away. */
  private async handler(incoming: IncomingMessage, content: Buffer): Promise<void> {
    try {
      await this.options.handler(incoming);
    } catch (error) {
      await (error instanceof PermanentFault
        ? this.bury(incoming, content, error)
        : this.postpone(incoming, content, error));
    }
  }

  private async bury(incoming: IncomingMessage, content: Buffer, fault: PermanentFault): Promise<void> {
    const { queue, service, logger, publisher } = this.options;
    const { messageId, attempt } = incoming;
    logger.error({ err: fault, queue, messageId, attempt }, 'dead letter');
    const why = { reason: reasonOf(fault), service, attempts: attempt, died_at: new Date().toISOString() };
    await publisher.publish(deadLetterExchange, queue, content, toAmqp(incoming, why));
  }

  private async postpone(incoming: IncomingMessage, content: Buffer, error: unknown): Promise<void> {
    const { queue, logger, publisher } = this.options;
    const { messageId, attempt } = incoming;
    logger.warn({ err: error, queue, messageId, attempt, delayMs: retryDelayMs(attempt) }, 'handler failed: retried');
    const next = toAmqp(incoming, attemptHeader(attempt + 1));
    await publisher.publish(delayExchange(attempt), queue, content, next);
  }
}
