import type { Job } from 'graphile-worker';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { IncomingMessage, OutgoingMessage } from './bus.js';
import { completeEnvelope } from './foreign-envelope.js';

/**
 * The channel on which we say which queues have new jobs, as a JSON array; null for any. graphile-worker's own
 * notification names none, so that every pool on the database would look for every job.
 */
export const NEW_JOBS = 'bus_queues';

/** The most that graphile-worker's column holds: crashes count as its attempts, our own retries are new jobs. */
const MAX_ATTEMPTS = 32_767;

const jobPayload = z.object({
  messageId: z.unknown().optional(),
  correlationId: z.unknown().optional(),
  type: z.string(),
  timestamp: z.unknown().optional(),
  appId: z.unknown().optional(),
  headers: z.unknown().optional(),
  text: z.string(),
  attempt: z.int().positive().catch(1),
});

/** The job that takes the place of another. */
export interface Successor {
  readonly queue: string;
  readonly payload: unknown;
  /** When it is due: after a delay, or at a time. Now unless told. */
  readonly delayMs?: number;
  readonly runAt?: Date;
}

/** The message bus' tables: graphile-worker's jobs, one for each message and bound queue. */
export class EmbeddedJobs {
  constructor(private readonly pool: Pool) {}

  /** Keeps a message for each of the queues, in one statement. */
  async add(queues: readonly string[], message: OutgoingMessage): Promise<void> {
    const { body, ...envelope } = message;
    const payload = { ...envelope, text: JSON.stringify(body) ?? 'null', attempt: 1 };
    const specs = queues.map((queue) => ({
      identifier: queue,
      payload,
      max_attempts: MAX_ATTEMPTS,
      flags: [queue],
    }));
    await this.pool.query(
      `select pg_notify($2, $3) from (
         select count(*) from graphile_worker.add_jobs(array(
           select json_populate_recordset(null::graphile_worker.job_spec, $1::json)))) as added`,
      [JSON.stringify(specs), NEW_JOBS, JSON.stringify(queues)],
    );
  }

  /**
   * Puts another job in the place of one that is at work, in one statement: so a message is never both waiting for its
   * retry and gone. Does nothing when the job is gone already.
   */
  async replace(jobId: string, { queue, payload, delayMs = 0, runAt }: Successor): Promise<void> {
    await this.pool.query(
      `with done as (delete from graphile_worker._private_jobs where id = $1::bigint returning id)
       select graphile_worker.add_job(
         identifier => $2, payload => $3::json, max_attempts => ${MAX_ATTEMPTS}, flags => array[$2],
         run_at => coalesce($4::timestamptz, now()) + $5::float8 * interval '1 millisecond') from done`,
      [jobId, queue, JSON.stringify(payload), runAt ?? null, delayMs],
    );
  }

  /** Tells the workers of these queues that there is something for them. */
  async announce(queues: readonly string[]): Promise<void> {
    await this.pool.query('select pg_notify($1, $2)', [NEW_JOBS, JSON.stringify(queues)]);
  }

  /** Jobs of a queue: waiting, at work, or waiting for a retry. */
  async count(queue: string): Promise<number> {
    const { rows } = await this.pool.query<{ count: string }>(
      'select count(*) from graphile_worker.jobs where task_identifier = $1',
      [queue],
    );
    return Number(rows[0]?.count);
  }
}

/** The message of a job, with safe values where whoever added it kept to no contract. */
export function fromJob(payload: unknown, job: Job): IncomingMessage {
  // graphile-worker counts how often it has handed this job out.
  return { ...fromPayload(payload, job.task_identifier), redelivered: job.attempts > 1 };
}

/** The message that a job of this queue carries. */
export function fromPayload(payload: unknown, queue: string): Omit<IncomingMessage, 'redelivered'> {
  const parsed = jobPayload.safeParse(payload);
  const content = parsed.success ? parsed.data : { type: queue, text: JSON.stringify(payload), attempt: 1 };
  return { ...completeEnvelope(content, content.text), text: content.text, attempt: content.attempt };
}
