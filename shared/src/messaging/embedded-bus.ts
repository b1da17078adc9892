import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'pg';
import { StopTime } from '../lifecycle/stop-time.js';
import { type Logger, silentLogger } from '../logging/logger.js';
import { type Bus, type ConsumeOptions, type MessageHandler, type OutgoingMessage, Undeliverable } from './bus.js';
import { EmbeddedJobs } from './embedded-jobs.js';
import { EmbeddedLink } from './embedded-link.js';
import type { runWorkerPool } from './embedded-pool.js';
import { type EmbeddedConsumer, EmbeddedWorker } from './embedded-worker.js';
import { within } from './in-flight.js';
import { topicMatches } from './topic.js';
import { type QueueDefinition, queues as contractQueues } from './topology.js';

export interface EmbeddedBusOptions {
  /** A PostgreSQL database that exists; every bus on it shares its queues. */
  readonly connectionString: string;
  readonly service: string;
  readonly logger?: Logger;
  /** The queues that messages are kept for: those of the contract unless told. */
  readonly queues?: readonly QueueDefinition[];
}

const DEFAULT_PREFETCH = 10;
/** With the link's, four connections a bus; one of these listens for new jobs. */
const POOL_SIZE = 3;
/** A worker that has broken is not waited for: what its handlers still do is done twice at worst. */
const DRAIN_BROKEN_MS = 500;
const RESTART_MS = 1_000;

/**
 * The bus over graphile-worker, on a PostgreSQL that is there anyway. A committed job for each bound queue is the
 * confirmation; a job that died with its process comes back as soon as another bus, or the next start, sees it dead.
 */
export class EmbeddedBus implements Bus {
  readonly name = 'message bus';
  private readonly consumers = new Map<string, EmbeddedConsumer>();
  private readonly queues: readonly QueueDefinition[];
  private readonly logger: Logger;
  private readonly link: EmbeddedLink;
  private pool: Pool | undefined;
  /** What runs on graphile-worker, which a process that has another bus never loads. */
  private runPool: typeof runWorkerPool | undefined;
  private worker: EmbeddedWorker | undefined;
  private consuming = false;

  constructor(private readonly options: EmbeddedBusOptions) {
    this.queues = options.queues ?? contractQueues;
    this.logger = options.logger ?? silentLogger;
    this.link = new EmbeddedLink(options.connectionString, this.connectionName, this.logger);
  }

  async start(): Promise<void> {
    this.pool = this.newPool();
    try {
      const { prepareJobs, runWorkerPool } = await import('./embedded-pool.js');
      this.runPool = runWorkerPool;
      await prepareJobs(this.pool, this.logger);
      await this.link.start();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(time = new StopTime()): Promise<void> {
    await this.stopConsuming(time);
    await this.link.stop();
    const pool = this.pool;
    this.pool = undefined;
    if (pool) await within(time.leftFor('connections'), pool.end());
  }

  async publish(message: OutgoingMessage): Promise<void> {
    const { exchange, type } = message;
    const bound = this.queues.filter((queue) => queue.exchange === exchange && topicMatches(queue.key, type));
    if (bound.length === 0) throw new Undeliverable(`${type} was not published to ${exchange}: no queue takes it`);
    await this.jobs().add(
      bound.map(({ name }) => name),
      message,
    );
  }

  consume(queue: string, handler: MessageHandler, { prefetch = DEFAULT_PREFETCH }: ConsumeOptions = {}): void {
    if (!this.queues.some(({ name }) => name === queue)) throw new Error(`${queue} is no queue of the contract`);
    if (this.consumers.has(queue)) throw new Error(`${queue} has a handler already`);
    this.consumers.set(queue, { queue, handler, prefetch });
  }

  async startConsuming(): Promise<void> {
    if (this.consuming) return;
    this.consuming = true;
    await this.startWorker();
  }

  async stopConsuming(time = new StopTime()): Promise<void> {
    this.consuming = false;
    await this.stopWorker(time.leftFor('handlers'));
  }

  get connected(): boolean {
    return this.link.state.connected;
  }

  onConnectionChange(listener: (connected: boolean) => void): () => void {
    return this.link.state.onChange(listener);
  }

  depth(queue: string): Promise<number> {
    return this.jobs().count(queue);
  }

  async ready(queues: readonly string[]): Promise<readonly number[]> {
    return Promise.all(queues.map((queue) => this.jobs().count(queue)));
  }

  private jobs(): EmbeddedJobs {
    if (!this.pool) throw new Error('the message bus is not started');
    return new EmbeddedJobs(this.pool);
  }

  private get connectionName(): string {
    return `${this.options.service} bus`;
  }

  private newPool(): Pool {
    const pool = new Pool({
      connectionString: this.options.connectionString,
      application_name: this.connectionName,
      max: POOL_SIZE,
      connectionTimeoutMillis: 5_000,
      query_timeout: 10_000,
      keepAlive: true,
    });
    const report = (error: Error) => this.logger.debug({ err: error }, 'message bus: connection');
    pool.on('error', report);
    pool.on('connect', (client) => client.on('error', report));
    return pool;
  }

  private async startWorker(): Promise<void> {
    const { pool, link, logger, runPool } = this;
    if (!pool || !runPool) throw new Error('the message bus is not started');
    const { service } = this.options;
    const consumers = [...this.consumers.values()];
    const worker = new EmbeddedWorker({
      consumers,
      service,
      pool,
      link,
      logger,
      runPool,
      onFailed: (error) => void this.restart(worker, error),
    });
    this.worker = worker;
    await worker.start().catch((error: Error) => void this.restart(worker, error));
  }

  private async stopWorker(drainMs: number): Promise<void> {
    const worker = this.worker;
    this.worker = undefined;
    await worker?.stop(drainMs);
  }

  /** Puts a new worker in the place of one that can't go on, after a pause; again if that one can't either. */
  private async restart(broken: EmbeddedWorker, error: Error): Promise<void> {
    if (this.worker !== broken) return;
    this.logger.warn({ err: error }, 'message bus: consumers are restarted');
    await this.stopWorker(DRAIN_BROKEN_MS);
    await pause(RESTART_MS);
    if (this.consuming && !this.worker) await this.startWorker();
  }
}
