import { setTimeout as pause } from 'node:timers/promises';
import type { Job } from 'graphile-worker';
import type { Pool } from 'pg';
import type { Logger } from '../logging/logger.js';
import { type IncomingMessage, type MessageHandler, PermanentFault } from './bus.js';
import { EmbeddedJobs, fromJob, type Successor } from './embedded-jobs.js';
import type { EmbeddedLink } from './embedded-link.js';
import type { JobPool, runWorkerPool } from './embedded-pool.js';
import { reasonOf } from './fault-reason.js';
import { within } from './in-flight.js';
import { deadLetterQueue, retryDelayMs } from './topology.js';

export interface EmbeddedConsumer {
  readonly queue: string;
  readonly handler: MessageHandler;
  readonly prefetch: number;
}

interface EmbeddedWorkerOptions {
  readonly consumers: readonly EmbeddedConsumer[];
  readonly service: string;
  readonly pool: Pool;
  readonly link: EmbeddedLink;
  readonly logger: Logger;
  readonly runPool: typeof runWorkerPool;
  /** Called when the worker can't go on: it has to be stopped, and a new one started. */
  readonly onFailed: (error: Error) => void;
}

const SETTLE_RETRY_MS = 1_000;

/** graphile-worker at work on the queues of one service, which handles as many messages of a queue at once as it may. */
export class EmbeddedWorker {
  private readonly jobs: EmbeddedJobs;
  private readonly consumers: ReadonlyMap<string, EmbeddedConsumer>;
  /** How many messages of each queue are being handled. */
  private readonly busy = new Map<string, number>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private workers: JobPool | undefined;
  private starting: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(private readonly options: EmbeddedWorkerOptions) {
    this.jobs = new EmbeddedJobs(options.pool);
    this.consumers = new Map(options.consumers.map((consumer) => [consumer.queue, consumer]));
  }

  /** Resolves when the worker takes messages. Rejects when the database is away. */
  start(): Promise<void> {
    // The pool itself can't be handed over by a promise: it is one, of its own end.
    if (this.consumers.size > 0) this.starting = this.options.link.register(() => (this.workers = this.run()));
    return this.starting;
  }

  /** Waits for the handlers in flight, up to a limit; what is left goes back to its queue. */
  async stop(limitMs: number): Promise<void> {
    this.stopping = true;
    await this.starting.catch(() => undefined);
    for (const timer of this.timers) clearTimeout(timer);
    const { workers } = this;
    if (!workers) return;
    const { link, logger } = this.options;
    const stopped = workers.stop().catch((error: unknown) => {
      logger.debug({ err: error }, 'message bus: stopping');
    });
    if (!(await within(limitMs, stopped))) logger.warn('message bus: handlers did not end in time');
    await link.release(workers.id);
  }

  private run(): JobPool {
    const { consumers, pool, logger, runPool, onFailed } = this.options;
    return runPool({
      pool,
      queues: consumers.map(({ queue }) => queue),
      concurrency: consumers.reduce((sum, { prefetch }) => sum + prefetch, 0),
      logger,
      work: (queue, payload, job) => this.work(queue, payload, job),
      // A queue at its limit must not keep workers from the others; a worker that stops takes nothing more.
      passedOver: () => [...this.consumers.keys()].filter((queue) => this.stopping || this.isFull(queue)),
      onFailed: (error) => this.stopping || onFailed(error),
    });
  }

  private isFull(queue: string): boolean {
    return (this.busy.get(queue) ?? 0) >= (this.consumers.get(queue)?.prefetch ?? 0);
  }

  /** Resolves when the job may be deleted: handled, or replaced by its successor. */
  private async work(queue: string, payload: unknown, job: Job): Promise<void> {
    const consumer = this.consumers.get(queue);
    // Several workers may have asked just before the queue was full: what is too much keeps its place in the queue.
    if (!consumer || this.stopping || this.isFull(queue))
      return this.replace(job, { queue, payload, runAt: job.run_at });
    const count = (step: number) => this.busy.set(queue, (this.busy.get(queue) ?? 0) + step);
    count(1);
    try {
      await this.handle(consumer, fromJob(payload, job), job);
    } finally {
      count(-1);
    }
  }

  private async handle({ queue, handler }: EmbeddedConsumer, message: IncomingMessage, job: Job): Promise<void> {
    try {
      await handler(message);
    } catch (error) {
      await (error instanceof PermanentFault
        ? this.bury(queue, message, job, error)
        : this.postpone(queue, message, job, error));
    }
  }

  private async bury(queue: string, message: IncomingMessage, job: Job, fault: PermanentFault): Promise<void> {
    const { logger, service } = this.options;
    const { messageId, attempt } = message;
    logger.error({ err: fault, queue, messageId, attempt }, 'dead letter');
    const why = { reason: reasonOf(fault), service, attempts: attempt };
    const payload = { ...payloadOf(message), ...why };
    await this.replace(job, { queue: deadLetterQueue(queue), payload });
  }

  private async postpone(queue: string, message: IncomingMessage, job: Job, error: unknown): Promise<void> {
    const { messageId, attempt } = message;
    const delayMs = retryDelayMs(attempt);
    this.options.logger.warn({ err: error, queue, messageId, attempt, delayMs }, 'handler failed: retried');
    const payload = { ...payloadOf(message), attempt: attempt + 1 };
    await this.replace(job, { queue, payload, delayMs });
    this.nudgeAfter(delayMs);
  }

  /** Insists, for as long as this worker is there: then the job is still locked by it, and free with its end. */
  private async replace(job: Job, successor: Successor): Promise<void> {
    for (;;) {
      try {
        return await this.jobs.replace(job.id, successor);
      } catch (error) {
        if (this.stopping) throw error;
        this.options.logger.warn({ err: error }, 'message could not be put away: trying again');
        await pause(SETTLE_RETRY_MS);
      }
    }
  }

  private nudgeAfter(delayMs: number): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      if (!this.stopping) this.workers?.look(1);
    }, delayMs + 5);
    this.timers.add(timer);
  }
}

function payloadOf({ redelivered: _, ...message }: IncomingMessage): object {
  return message;
}
