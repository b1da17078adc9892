import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { NEW_JOBS } from './embedded-jobs.js';

/** The first half of the keys of our advisory locks in the bus' database; the second says what is locked. */
const LOCK_CLASS = 0x62_75_73;
const REGISTRATION = 0;

interface SessionOptions {
  readonly connectionString: string;
  /** As the database shows the connection. */
  readonly name: string;
  /** The worker pools that live in this bus now: kept up by whoever opens the session. */
  readonly pools: ReadonlySet<string>;
  /** Called once, unless the session was closed before. */
  readonly onLost: (error: Error) => void;
}

/**
 * One connection that is held for as long as a bus lives. Its advisory locks tell other buses which worker pools are
 * alive: PostgreSQL frees them when the connection ends, however the process died.
 */
export class EmbeddedSession {
  private constructor(
    private readonly client: Client,
    private readonly pools: ReadonlySet<string>,
  ) {}

  static async open({ connectionString, name, pools, onLost }: SessionOptions): Promise<EmbeddedSession> {
    const timeouts = { connectionTimeoutMillis: 5_000, query_timeout: 10_000 };
    const client = new Client({ connectionString, application_name: name, keepAlive: true, ...timeouts });
    // One that breaks reports an error, an end, or both.
    let open = false;
    const lose = (error: Error) => {
      if (!open) return;
      open = false;
      onLost(error);
    };
    client.on('error', lose);
    client.on('end', () => lose(new Error('the connection to the bus database has ended')));
    await client.connect();
    const session = new EmbeddedSession(client, pools);
    try {
      for (const id of pools) await session.lock(lockKey(id));
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    open = true;
    return session;
  }

  /** Frees the jobs of dead pools, starts one, and makes it known as alive before anybody can take it for dead. */
  async register(startPool: () => { readonly id: string }): Promise<void> {
    await this.lock(REGISTRATION);
    try {
      await this.freeDeadPools();
      await this.lock(lockKey(startPool().id));
    } finally {
      await this.unlock(REGISTRATION);
    }
  }

  /** Frees the jobs of dead pools, unless a pool is just starting. */
  async sweep(): Promise<void> {
    if (!(await this.tryLock(REGISTRATION))) return;
    try {
      await this.freeDeadPools();
    } finally {
      await this.unlock(REGISTRATION);
    }
  }

  /** Frees what a pool of this bus has still locked. */
  async release(poolId: string): Promise<void> {
    await this.free([poolId]);
    await this.unlock(lockKey(poolId));
  }

  async close(): Promise<void> {
    this.client.removeAllListeners('end');
    await this.client.end();
  }

  private async freeDeadPools(): Promise<void> {
    const { rows } = await this.client.query<{ id: string }>(
      'select distinct locked_by as id from graphile_worker.jobs where locked_by is not null',
    );
    const dead: string[] = [];
    for (const { id } of rows) {
      // A session gets its own locks a second time, so those say nothing.
      if (this.pools.has(id) || !(await this.tryLock(lockKey(id)))) continue;
      await this.unlock(lockKey(id));
      dead.push(id);
    }
    if (dead.length > 0) await this.free(dead);
  }

  private async free(poolIds: readonly string[]): Promise<void> {
    await this.client.query('select graphile_worker.force_unlock_workers($1::text[])', [poolIds]);
    await this.client.query('select pg_notify($1, $2)', [NEW_JOBS, 'null']);
  }

  private async lock(key: number): Promise<void> {
    await this.client.query('select pg_advisory_lock($1, $2)', [LOCK_CLASS, key]);
  }

  private async unlock(key: number): Promise<void> {
    await this.client.query('select pg_advisory_unlock($1, $2)', [LOCK_CLASS, key]);
  }

  private async tryLock(key: number): Promise<boolean> {
    const sql = 'select pg_try_advisory_lock($1, $2) as locked';
    const { rows } = await this.client.query<{ locked: boolean }>(sql, [LOCK_CLASS, key]);
    return rows[0]?.locked === true;
  }
}

function lockKey(poolId: string): number {
  return createHash('sha256').update(poolId).digest().readInt32BE();
}
