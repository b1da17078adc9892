import type { ChannelModel, ConfirmChannel, Message, Options } from 'amqplib';
import { Undeliverable } from './bus.js';

/** Below the lease of an outbox row, so that a row is not published by two relays at once. */
const CONFIRM_TIMEOUT_MS = 10_000;

/** Publishes persistent messages over one channel, in order, and waits for the broker's confirmation of each. */
export class AmqpPublisher {
  private channel: ConfirmChannel | undefined;
  /** Publications that came back since: the broker confirms those too, right after. */
  private readonly returned = new Set<string>();

  /** `onMissing`: no queue takes what was published to this exchange; undefined when an exchange itself is not there. */
  constructor(private readonly onMissing: (exchange?: string) => void = () => undefined) {}

  /** To be called with every new connection. A channel that breaks takes its connection with it, so it comes back too. */
  async attach(connection: ChannelModel): Promise<void> {
    const channel = await connection.createConfirmChannel();
    channel.on('error', (error: unknown) => {
      if (isNotFound(error)) this.onMissing();
      void connection.close().catch(() => undefined);
    });
    channel.on('close', () => {
      if (this.channel === channel) this.channel = undefined;
    });
    channel.on('return', ({ fields, properties }: Message) => {
      this.returned.add(publicationId(fields.exchange, fields.routingKey, properties.messageId));
    });
    this.returned.clear();
    this.channel = channel;
  }

  /**
   * Resolves only when the broker has confirmed. Rejects with `Undeliverable` when no queue takes the message; with
   * another error on a refusal, on the loss of the connection, and when no confirmation comes in time: whether the
   * message arrived is then unknown.
   */
  async publish(exchange: string, routingKey: string, content: Buffer, options: Options.Publish): Promise<void> {
    const { channel } = this;
    const says = (reason: string) => `${routingKey} was not published to ${exchange}: ${reason}`;
    const failed = (reason: string) => new Error(says(reason));
    if (!channel) throw failed('the message broker is away');
    await new Promise<void>((resolve, reject) => {
      const confirmed = (error: unknown) => {
        clearTimeout(timer);
        if (error) reject(failed(error instanceof Error ? error.message : 'the broker refused it'));
        else if (this.returned.delete(publicationId(exchange, routingKey, options.messageId))) {
          this.onMissing(exchange);
          reject(new Undeliverable(says('no queue takes it')));
        } else resolve();
      };
      channel.publish(exchange, routingKey, content, { ...options, persistent: true, mandatory: true }, confirmed);
      const timer = setTimeout(() => reject(failed('no confirmation in time')), CONFIRM_TIMEOUT_MS);
    });
  }
}

function publicationId(exchange: string, routingKey: string, messageId: unknown): string {
  return `${exchange} ${routingKey} ${String(messageId)}`;
}

/** AMQP's reply code for what does not exist. */
function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 404;
}
