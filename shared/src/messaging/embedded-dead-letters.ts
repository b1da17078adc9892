import pg from 'pg';
import { type DeadLetter, type DeadLetters, letterId, type Wanted } from './dead-letters.js';
import { EmbeddedJobs, fromPayload } from './embedded-jobs.js';
import { deadLetterQueue } from './topology.js';

interface Row {
  readonly job: string;
  readonly identifier: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

/** The dead letters of the bus on PostgreSQL: jobs that no worker takes. */
export class EmbeddedDeadLetters implements DeadLetters {
  constructor(private readonly databaseUrl: string) {}

  async list(limit: number): Promise<DeadLetter[]> {
    return this.connected(async (pool) => (await rows(pool, limit)).map(toLetter));
  }

  async replay(wanted: Wanted, onReplayed: (letter: DeadLetter) => void = () => undefined): Promise<DeadLetter[]> {
    return this.each(wanted, async (pool, row, letter) => {
      const { queue } = letter;
      const { reason: _reason, service: _service, attempts: _attempts, ...payload } = row.payload;
      const jobs = new EmbeddedJobs(pool);
      await jobs.replace(row.job, { queue, payload: { ...payload, attempt: 1 } });
      await jobs.announce([queue]);
      onReplayed(letter);
    });
  }

  async drop(wanted: Wanted): Promise<DeadLetter[]> {
    return this.each(wanted, async (pool, { job }) => {
      await pool.query('delete from graphile_worker._private_jobs where id = $1::bigint', [job]);
    });
  }

  private async each(
    wanted: Wanted,
    treat: (pool: pg.Pool, row: Row, letter: DeadLetter) => Promise<void>,
  ): Promise<DeadLetter[]> {
    return this.connected(async (pool) => {
      const treated: DeadLetter[] = [];
      for (const row of await rows(pool)) {
        const letter = toLetter(row);
        if (!wanted(letter)) continue;
        await treat(pool, row, letter);
        treated.push(letter);
      }
      return treated;
    });
  }

  private async connected<Result>(work: (pool: pg.Pool) => Promise<Result>): Promise<Result> {
    const pool = new pg.Pool({ connectionString: this.databaseUrl, max: 1 });
    try {
      return await work(pool);
    } finally {
      await pool.end();
    }
  }
}

/** Oldest first, at most so many of a queue. None where the bus has never run. */
async function rows(pool: pg.Pool, limit = Infinity): Promise<Row[]> {
  const known = await pool.query("select to_regclass('graphile_worker._private_jobs') is not null as known");
  if (!(known.rows[0] as { readonly known: boolean }).known) return [];
  const { rows: found } = await pool.query<Row>(
    `select * from (
       select jobs.id as job, identifier, payload, created_at as "createdAt",
         row_number() over (partition by identifier order by jobs.id) as place
       from graphile_worker._private_jobs as jobs
       join graphile_worker._private_tasks as tasks on tasks.id = task_id
       where starts_with(identifier, $1)) as letters
     where $2::int is null or place <= $2 order by "createdAt", job`,
    [deadLetterQueue(''), Number.isFinite(limit) ? limit : null],
  );
  return found;
}

function toLetter({ identifier, payload, createdAt }: Row): DeadLetter {
  const queue = identifier.slice(deadLetterQueue('').length);
  const { messageId, correlationId, type, text } = fromPayload(payload, queue);
  return {
    id: letterId(queue, messageId),
    ...{ queue, messageId, correlationId, type, text },
    service: String(payload['service'] ?? queue.split(':')[0]),
    reason: String(payload['reason'] ?? 'unknown'),
    attempts: Number(payload['attempts'] ?? 1),
    diedAt: createdAt,
  };
}
