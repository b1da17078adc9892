import { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { type Job, Logger as WorkerLogger, runTaskList, type TaskList, type WorkerPool } from 'graphile-worker';
import type { Pool } from 'pg';
import type { Logger } from '../logging/logger.js';
import { type IncomingMessage, type MessageHandler, PermanentFault } from './bus.js';
import { EmbeddedJobs, fromJob } from './embedded-jobs.js';
import type { EmbeddedLink } from './embedded-link.js';
import { reasonOf } from './fault-reason.js';
import { within } from './in-flight.js';
import { QueueSlots } from './queue-slots.js';
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
  /** Called when the worker can't go on: it has to be stopped and a new one started. */
  readonly onFailed: (error: Error) => void;
}

/** Notifications bring new jobs at once, timers bring our own retries; polling finds what both have missed. */
const POLL_MS = 10_000;
const SETTLE_RETRY_MS = 1_000;

/** graphile-worker at work on the queues of one service: one pool, which handles as many messages of a queue as it may. */
export class EmbeddedWorker {
  private readonly jobs: EmbeddedJobs;
  private readonly slots: ReadonlyMap<string, QueueSlots>;
  private readonly timers = new Set<NodeJS.Timeout>();
  private workers: WorkerPool | undefined;
  private starting: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(private readonly options: EmbeddedWorkerOptions) {
    this.jobs = new EmbeddedJobs(options.pool);
    this.slots = new Map(options.consumers.map(({ queue, prefetch }) => [queue, new QueueSlots(prefetch)]));
  }

  /** Resolves when the worker takes messages. Rejects when the database is away. */
  start(): Promise<void> {
    const { link, consumers } = this.options;
    // The pool itself can't be handed over by a promise: it is one, of its own end.
    if (consumers.length > 0) this.starting = link.register(() => (this.workers = this.run()));
    return this.starting;
  }

  /** Waits for the handlers in flight, up to a limit; what is left goes back to its queue. */
  async stop(limitMs: number): Promise<void> {
    this.stopping = true;
    await this.starting.catch(() => undefined);
    for (const timer of this.timers) clearTimeout(timer);
    for (const slots of this.slots.values()) slots.close();
    const { workers } = this;
    if (!workers) return;
    const { link, logger } = this.options;
    const stopped = Promise.resolve(workers.gracefulShutdown()).catch((error: unknown) => {
      logger.debug({ err: error }, 'message bus: stopping');
    });
    if (!(await within(limitMs, stopped))) logger.warn('message bus: handlers did not end in time');
    await link.release(workers.id);
  }

  private run(): WorkerPool {
    const { consumers, pool } = this.options;
    const events = new EventEmitter();
    this.watch(events);
    const tasks: TaskList = Object.fromEntries(
      consumers.map((consumer) => [
        consumer.queue,
        (payload, { job }) => this.work(consumer, fromJob(payload, job), job),
      ]),
    );
    const workers = runTaskList(
      {
        concurrency: consumers.reduce((sum, { prefetch }) => sum + prefetch, 0),
        pollInterval: POLL_MS,
        noHandleSignals: true,
        logger: workerLogger(this.options.logger),
        events,
        // A queue that has all its slots taken is passed over, so that it doesn't keep workers from the others.
        forbiddenFlags: () => this.fullQueues(),
        // Batches report a failure as an event; without them it would be a rejection that nobody handles.
        preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      },
      tasks,
      pool,
    );
    workers.promise.then(
      () => this.fail(new Error('the workers have ended')),
      (error: Error) => this.fail(error),
    );
    return workers;
  }

  /** graphile-worker mends lost connections by itself, with two exceptions. */
  private watch(events: EventEmitter): void {
    let healthy = false;
    for (const name of ['worker:getJob:empty', 'job:start']) events.on(name, () => (healthy = true));
    // It never asks again for the numbers of its tasks when its first question has failed.
    events.on('worker:getJob:error', ({ error }: { error: Error }) => healthy || this.fail(error));
    // It does not look for what came while it could not listen.
    events.on('pool:listen:success', () => this.nudge(Infinity));
  }

  private nudge(count: number): void {
    if (!this.stopping) this.workers?.nudge(count);
  }

  private fail(error: Error): void {
    if (!this.stopping) this.options.onFailed(error);
  }

  private fullQueues(): string[] | null {
    const full = [...this.slots].filter(([, slots]) => slots.full).map(([queue]) => queue);
    return full.length > 0 ? full : null;
  }

  /** Resolves when the job may be deleted: handled, or replaced by its successor. */
  private async work(consumer: EmbeddedConsumer, message: IncomingMessage, job: Job): Promise<void> {
    const slots = this.slots.get(consumer.queue);
    if (this.stopping || !(await slots?.acquire())) {
      await this.jobs.giveBack(job.id);
      throw new Error('given back: the consumer was stopped');
    }
    try {
      await consumer.handler(message);
    } catch (error) {
      await (error instanceof PermanentFault
        ? this.bury(consumer.queue, message, job, error)
        : this.postpone(consumer.queue, message, job, error));
    } finally {
      slots?.release();
    }
  }

  private async bury(queue: string, message: IncomingMessage, job: Job, fault: PermanentFault): Promise<void> {
    const { logger, service } = this.options;
    const { messageId, attempt } = message;
    logger.error({ err: fault, queue, messageId, attempt }, 'dead letter');
    const payload = { ...payloadOf(message), reason: reasonOf(fault), service, attempts: attempt };
    await this.replace(job, { identifier: deadLetterQueue(queue), payload });
  }

  private async postpone(queue: string, message: IncomingMessage, job: Job, error: unknown): Promise<void> {
    const { messageId, attempt } = message;
    const delayMs = retryDelayMs(attempt);
    this.options.logger.warn({ err: error, queue, messageId, attempt, delayMs }, 'handler failed: retried');
    const payload = { ...payloadOf(message), attempt: attempt + 1 };
    await this.replace(job, { identifier: queue, payload, delayMs });
    this.nudgeAfter(delayMs);
  }

  /** Insists: a failure would leave the job to graphile-worker's own backoff, which grows to hours. */
  private async replace(job: Job, successor: Parameters<EmbeddedJobs['replace']>[1]): Promise<void> {
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
      this.nudge(1);
    }, delayMs + 5);
    this.timers.add(timer);
  }
}

function payloadOf({ redelivered: _, ...message }: IncomingMessage): object {
  return message;
}

/** graphile-worker's own lines: what matters in them is logged by us. */
function workerLogger(logger: Logger): WorkerLogger {
  return new WorkerLogger(() => (level, message) => {
    logger.debug({ level, from: 'graphile-worker' }, message);
  });
}
