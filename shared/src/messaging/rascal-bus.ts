import type { BrokerAsPromised } from 'rascal';
import { type Logger, silentLogger } from '../logging/logger.js';
import { toAmqp } from './amqp-message.js';
import { amqpTopology, delayQueues, DRAIN_MS } from './amqp-topology.js';
import type { Bus, ConsumeOptions, MessageHandler, OutgoingMessage } from './bus.js';
import { QueueDepth } from './queue-depth.js';
import { RascalConsumer } from './rascal-consumer.js';
import { RascalLink } from './rascal-link.js';
import { publishConfirmed } from './rascal-publication.js';
import { type QueueDefinition, queues as contractQueues } from './topology.js';

export interface RascalBusOptions {
  /** amqp: or amqps:, with the virtual host as its path; that must exist. */
  readonly url: string;
  readonly service: string;
  readonly logger?: Logger;
  /** Of a queue whose consumer names none. */
  readonly prefetch?: number;
  /** Quorum queues survive the loss of a node. Classic ones start faster. */
  readonly queueType?: 'quorum' | 'classic';
  /** The queues to declare: those of the contract unless told. */
  readonly queues?: readonly QueueDefinition[];
}

const DEFAULT_PREFETCH = 10;

/** The bus over RabbitMQ. A start succeeds while the broker is away: it connects, declares and consumes later, by itself. */
export class RascalBus implements Bus {
  readonly name = 'message bus';
  private readonly consumers = new Map<string, RascalConsumer>();
  private readonly link: RascalLink;
  private readonly depths: QueueDepth;
  private readonly logger: Logger;
  private consuming = false;

  constructor(private readonly options: RascalBusOptions) {
    const { url, service, queues = contractQueues, queueType = 'quorum', logger = silentLogger } = options;
    const topology = amqpTopology({ url, queues, queueType, connectionName: service });
    this.logger = logger;
    this.link = new RascalLink(topology, logger, (broker) => this.subscribeAll(broker));
    this.depths = new QueueDepth(url);
  }

  start(): Promise<void> {
    return this.link.start();
  }

  async stop(): Promise<void> {
    await this.stopConsuming();
    await Promise.all([this.link.stop(), this.depths.close()]);
  }

  async publish(message: OutgoingMessage): Promise<void> {
    const content = Buffer.from(JSON.stringify(message.body) ?? 'null');
    await publishConfirmed(this.link.broker, message.exchange, message.type, content, toAmqp(message));
  }

  consume(queue: string, handler: MessageHandler, { prefetch }: ConsumeOptions = {}): void {
    const { service, queues = contractQueues, prefetch: usual = DEFAULT_PREFETCH } = this.options;
    if (!queues.some(({ name }) => name === queue)) throw new Error(`${queue} is no queue of the contract`);
    if (this.consumers.has(queue)) throw new Error(`${queue} has a handler already`);
    const { logger, link } = this;
    const options = { queue, service, handler, prefetch: prefetch ?? usual, logger, broker: () => link.broker };
    this.consumers.set(queue, new RascalConsumer(options));
  }

  async startConsuming(): Promise<void> {
    if (this.consuming) return;
    this.consuming = true;
    if (this.link.opened) await this.subscribeAll(this.link.opened);
  }

  async stopConsuming(): Promise<void> {
    if (!this.consuming) return;
    this.consuming = false;
    const consumers = [...this.consumers.values()];
    const cancelled = Promise.all(consumers.map((consumer) => consumer.cancel()));
    await Promise.all(consumers.map((consumer) => consumer.drained(DRAIN_MS)));
    // Rascal cancels only over a connection; without one the broker has taken everything back already.
    if (this.connected) await cancelled;
  }

  get connected(): boolean {
    return this.link.state.connected;
  }

  onConnectionChange(listener: (connected: boolean) => void): () => void {
    return this.link.state.onChange(listener);
  }

  /**
   * The messages that are ready, those in the hands of this process, and all that wait for a retry: RabbitMQ does not say
   * for which queue they wait. So 0 means drained, and anything else may mean another queue's retries. What other
   * processes of the same service have in hand is not seen.
   */
  async depth(queue: string): Promise<number> {
    const ready = await this.depths.ready([queue, ...delayQueues]);
    return ready + (this.consumers.get(queue)?.unsettled ?? 0);
  }

  private async subscribeAll(broker: BrokerAsPromised): Promise<void> {
    if (!this.consuming) return;
    await Promise.all([...this.consumers.values()].map((consumer) => consumer.subscribe(broker)));
    this.logger.debug({ queues: [...this.consumers.keys()] }, 'consuming');
  }
}
