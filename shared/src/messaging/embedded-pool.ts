import { EventEmitter } from 'node:events';
import { type Job, Logger as WorkerLogger, runMigrations, runTaskList, type TaskList } from 'graphile-worker';
import type { Notification, Pool, PoolClient } from 'pg';
import type { Logger } from '../logging/logger.js';
import { NEW_JOBS } from './embedded-jobs.js';

interface WorkerPoolOptions {
  readonly pool: Pool;
  readonly queues: readonly string[];
  /** Jobs at work at once, of all queues together. */
  readonly concurrency: number;
  readonly logger: Logger;
  /** Resolves when the job may be deleted. Must not reject: graphile-worker's own backoff grows to hours. */
  readonly work: (queue: string, payload: unknown, job: Job) => Promise<void>;
  /** The queues to pass over now. */
  readonly passedOver: () => readonly string[];
  /** Something broke that the pool can't mend: it has to be stopped, and another one started. */
  readonly onFailed: (error: Error) => void;
}

/** A running pool of workers. */
export interface JobPool {
  readonly id: string;
  /** Has at most so many idle workers look for jobs now. */
  look(count: number): void;
  /** Resolves when the jobs at work have ended. */
  stop(): Promise<void>;
}

/** Notifications bring new jobs at once, nudges bring our own retries; polling finds what both have missed. */
const POLL_MS = 10_000;

/** Starts graphile-worker on some queues: each is a task, and each of its jobs is flagged with its name. */
export function runWorkerPool(options: WorkerPoolOptions): JobPool {
  const { pool, queues, concurrency, work, passedOver, onFailed } = options;
  const events = new EventEmitter();
  for (const name of ['worker:getJob:error', 'pool:listen:error', 'pool:fatalError'])
    events.on(name, ({ error }: { error: Error }) => onFailed(error));
  const tasks: TaskList = Object.fromEntries(
    queues.map((queue) => [queue, (payload, { job }) => work(queue, payload, job)]),
  );
  const workers = runTaskList(
    {
      concurrency,
      pollInterval: POLL_MS,
      noHandleSignals: true,
      logger: workerLogger(options.logger),
      events,
      forbiddenFlags: () => [...passedOver()],
      preset: {
        plugins: [endsWhenIdle(events)],
        // Batches report a failure as an event; without them it would be a rejection that nobody handles.
        worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 },
      },
    },
    tasks,
    pool,
  );
  workers.promise.then(
    () => onFailed(new Error('the workers have ended')),
    (error: Error) => onFailed(error),
  );
  const nudge = workers.nudge.bind(workers);
  workers.nudge = () => undefined;
  let ended = false;
  events.on('pool:gracefulShutdown', () => (ended = true));
  // Workers that were told to stop refuse to be woken, by throwing.
  const look = (count: number) => void (ended || nudge(count));
  lookWhenTold(events, queues, look, onFailed);
  return { id: workers.id, look, stop: async () => workers.gracefulShutdown() };
}

/** Has the pool look when jobs are announced for its queues, instead of whenever there is a job for anybody. */
function lookWhenTold(
  events: EventEmitter,
  queues: readonly string[],
  look: (count: number) => void,
  onFailed: (error: Error) => void,
): void {
  events.on('pool:listen:success', ({ client }: { client: PoolClient }) => {
    // graphile-worker asks its own question first. What came before the channel was open told nobody.
    client.once('drain', () => client.query(`listen ${NEW_JOBS}`).then(() => look(queues.length), onFailed));
  });
  events.on('pool:listen:notification', ({ message }: { message: Notification }) => {
    if (message.channel !== NEW_JOBS) return;
    const named = namedQueues(message.payload);
    const concerned = (named ?? queues).filter((queue) => queues.includes(queue)).length;
    if (concerned > 0) look(concerned);
  });
}

function namedQueues(payload: string | undefined): readonly string[] | null {
  const parsed: unknown = JSON.parse(payload || 'null');
  return Array.isArray(parsed) ? parsed.map(String) : null;
}

/** A worker that is asking for a job while it is told to stop prints to the console if that fails. So ask first, then stop. */
function endsWhenIdle(events: EventEmitter): GraphileConfig.Plugin {
  let asking = 0;
  events.on('worker:getJob:start', () => (asking += 1));
  const answered = () => {
    asking -= 1;
    if (asking === 0) events.emit('answered');
  };
  for (const name of ['worker:getJob:empty', 'worker:getJob:error', 'job:start']) events.on(name, answered);
  return {
    name: 'ends-when-idle',
    worker: {
      middleware: {
        async poolGracefulShutdown(next) {
          while (asking > 0) await new Promise<void>((resolve) => events.once('answered', resolve));
          return next();
        },
      },
    },
  };
}

/** Brings graphile-worker's tables up to date. */
export async function prepareJobs(pgPool: Pool, logger: Logger): Promise<void> {
  await runMigrations({ pgPool, logger: workerLogger(logger) });
}

/** graphile-worker's own lines: what matters in them is logged by us. */
function workerLogger(logger: Logger): WorkerLogger {
  return new WorkerLogger(() => (level, message) => {
    logger.debug({ level, from: 'graphile-worker' }, message);
  });
}
