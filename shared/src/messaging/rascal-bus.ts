import type { ChannelModel } from 'amqplib';
import type { BrokerAsPromised } from 'rascal';
import { StopTime } from '../lifecycle/stop-time.js';
import { type Logger, silentLogger } from '../logging/logger.js';
import { AmqpConnection } from './amqp-connection.js';
import { toAmqp } from './amqp-message.js';
import { AmqpPublisher } from './amqp-publisher.js';
import { amqpConfig, type Declarations, delayQueues, type Topology, topologyFor } from './amqp-topology.js';
import { AmqpUpkeep, declareOver } from './amqp-upkeep.js';
import type { Bus, ConsumeOptions, MessageHandler, OutgoingMessage } from './bus.js';
import { ConnectionState } from './connection-state.js';
import { within } from './in-flight.js';
import { readyMessages } from './queue-depth.js';
import { RascalConsumer } from './rascal-consumer.js';
import { RascalLink } from './rascal-link.js';
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
  /** How often everything is declared again, in ms, and up to half as long again: once a minute unless told. */
  readonly declareEveryMs?: number;
}

const DEFAULT_PREFETCH = 10;
const DECLARE_EVERY_MS = 60_000;
const SPARE_WITHIN_MS = 2_000;

/**
 * The bus over RabbitMQ. Rascal declares and consumes; a second connection publishes: a broker in need blocks publishers,
 * which must not keep them from acknowledging, and rascal's own publications throw where nobody can catch it when their
 * connection breaks. A start succeeds while the broker is away: it connects, declares and consumes later, by itself.
 */
export class RascalBus implements Bus {
  readonly name = 'message bus';
  private readonly consumers = new Map<string, RascalConsumer>();
  private readonly topology: Topology;
  private readonly link: RascalLink;
  private readonly publisher: AmqpPublisher;
  private readonly publishing: AmqpConnection;
  private readonly state = new ConnectionState();
  private readonly logger: Logger;
  private upkeep: AmqpUpkeep | undefined;
  private consuming = false;

  constructor(private readonly options: RascalBusOptions) {
    const { url, service, queues = contractQueues, queueType = 'quorum', logger = silentLogger } = options;
    this.topology = topologyFor(service, { queues, queueType });
    const config = amqpConfig({ url, connectionName: service, topology: this.topology });
    this.logger = logger;
    this.link = new RascalLink(config, logger, (broker) => this.subscribeAll(broker));
    this.publisher = new AmqpPublisher((exchange) => this.onMissing(exchange));
    this.publishing = new AmqpConnection(url, service, logger, (connection) => this.prepare(connection));
    const update = () => this.state.set(this.link.state.connected && this.publishing.state.connected);
    this.link.state.onChange(update);
    this.publishing.state.onChange(update);
  }

  async start(): Promise<void> {
    await Promise.all([this.link.start(), this.publishing.start()]);
    this.upkeep = this.newUpkeep();
    this.upkeep.start();
  }

  async stop(time = new StopTime()): Promise<void> {
    await this.stopConsuming(time);
    const kept = this.upkeep?.stop() ?? Promise.resolve();
    await Promise.all([this.link.stop(time), this.publishing.stop(time)]);
    await within(time.leftFor('connections'), kept);
  }

  async publish(message: OutgoingMessage): Promise<void> {
    const content = Buffer.from(JSON.stringify(message.body) ?? 'null');
    if (!this.connected) throw new Error('the message broker is away');
    await this.publisher.publish(message.exchange, message.type, content, toAmqp(message));
  }

  consume(queue: string, handler: MessageHandler, { prefetch }: ConsumeOptions = {}): void {
    const { service, queues = contractQueues, prefetch: usual = DEFAULT_PREFETCH } = this.options;
    if (!queues.some(({ name }) => name === queue)) throw new Error(`${queue} is no queue of the contract`);
    if (this.consumers.has(queue)) throw new Error(`${queue} has a handler already`);
    const { logger, publisher } = this;
    const onCancelled = () => this.link.renew(`the broker has cancelled the consumer of ${queue}`);
    const options = { queue, service, handler, prefetch: prefetch ?? usual, logger, publisher, onCancelled };
    this.consumers.set(queue, new RascalConsumer(options));
  }

  async startConsuming(): Promise<void> {
    if (this.consuming) return;
    this.consuming = true;
    if (this.link.broker) await this.subscribeAll(this.link.broker);
  }

  async stopConsuming(time = new StopTime()): Promise<void> {
    if (!this.consuming) return;
    this.consuming = false;
    const consumers = [...this.consumers.values()];
    const cancelled = Promise.all(consumers.map((consumer) => consumer.cancel()));
    await Promise.all(consumers.map((consumer) => consumer.drained(time.leftFor('handlers'))));
    for (const consumer of consumers) consumer.giveBack();
    // Rascal cancels only over a connection; without one the broker has taken everything back already.
    if (this.link.state.connected) await within(time.leftFor('relays'), cancelled);
  }

  get connected(): boolean {
    return this.state.connected;
  }

  onConnectionChange(listener: (connected: boolean) => void): () => void {
    return this.state.onChange(listener);
  }

  /**
   * The messages that are ready, those in the hands of this process, and all that wait for a retry: RabbitMQ does not say
   * for which queue they wait. So 0 means drained, and anything else may mean another queue's retries. What other
   * processes of the same service have in hand is not seen.
   */
  async depth(queue: string): Promise<number> {
    const ready = await readyMessages(this.publishing.current, [queue, ...delayQueues]);
    return ready.reduce((sum, count) => sum + count, this.consumers.get(queue)?.unsettled ?? 0);
  }

  async ready(queues: readonly string[]): Promise<readonly number[]> {
    return readyMessages(this.publishing.current, queues);
  }

  /** Of what may be lost, the upkeep declares the queue again: the connection that consumes goes on meanwhile. */
  private onMissing(exchange: string | undefined): void {
    const leadsTo = ({ bindings }: Declarations) => bindings.some(({ source }) => source === exchange);
    if (exchange === undefined || leadsTo(this.topology.needed)) this.link.renew('a publication found no queue');
  }

  private async prepare(connection: ChannelModel): Promise<void> {
    await this.publisher.attach(connection);
    // Nobody needs them so much as to wait for a node that hangs.
    await within(SPARE_WITHIN_MS, declareOver(connection, this.topology.spare, this.logger));
  }

  private newUpkeep(): AmqpUpkeep {
    const { declareEveryMs: everyMs = DECLARE_EVERY_MS } = this.options;
    return new AmqpUpkeep({
      topology: this.topology,
      connection: () => (this.publishing.state.connected ? this.publishing.current : undefined),
      everyMs,
      logger: this.logger,
    });
  }

  private async subscribeAll(broker: BrokerAsPromised): Promise<void> {
    if (!this.consuming) return;
    await Promise.all([...this.consumers.values()].map((consumer) => consumer.subscribe(broker)));
    this.logger.debug({ queues: [...this.consumers.keys()] }, 'consuming');
  }
}
