import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Migration, Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { sqlState } from './sql-state.js';
import { StartError } from '../lifecycle/start-error.js';
import type { Logger } from '../logging/logger.js';

/** A migration by the name under which it is remembered. */
export interface NamedMigration {
  readonly name: string;
  readonly class: new (...args: ConstructorParameters<typeof Migration>) => Migration;
}

interface MigrationOptions {
  /** A PostgreSQL URL of the service's own database. */
  readonly url: string;
  readonly migrations: readonly NamedMigration[];
  /** How long a connection may be waited for, in ms. */
  readonly connectWithinMs: number;
  readonly logger?: Logger | undefined;
}

/** The key of the advisory lock under which migrations run, the same in every process of a service. */
const MIGRATION_LOCK = 7_301_977;
const LOOK_AGAIN_MS = 100;

/** While a migration waits for a table, everybody else who wants it waits behind: so it gives up soon, and tries again. */
const TABLE_WAIT_MS = 1_000;
const TABLE_PAUSE_MS = 500;
const TABLE_TRIES = 60;
/** PostgreSQL's "lock not available" and "undefined table". */
const LOCK_TIMED_OUT = '55P03';
const UNDEFINED_TABLE = '42P01';

/** A migration that takes away what older versions use ends so: see docs/migrations.md. */
const CONTRACT = /_contract$/;

/**
 * Whether nothing is left to migrate, as at most starts: asked of a connection that is there anyway. False also where a newer
 * version has taken something away: `migrate` says so.
 */
export async function isMigrated(orm: MikroORM, migrations: readonly NamedMigration[]): Promise<boolean> {
  const [known, done] = [namesOf(migrations), await doneIn(orm)];
  return contractsBeyond(known, done).length === 0 && [...known].every((name) => done.has(name));
}

const namesOf = (migrations: readonly NamedMigration[]): ReadonlySet<string> =>
  new Set(migrations.map(({ name }) => name));

/** The names of those that were done here, by whatever version. */
async function doneIn(orm: MikroORM): Promise<ReadonlySet<string>> {
  try {
    const rows = await orm.em.fork().execute<{ name: string }[]>('select name from migrations');
    return new Set(rows.map(({ name }) => name));
  } catch (error) {
    if (sqlState(error) === UNDEFINED_TABLE) return new Set();
    throw error;
  }
}

/** What newer versions have taken away. */
const contractsBeyond = (known: ReadonlySet<string>, done: ReadonlySet<string>): string[] =>
  [...done].filter((name) => CONTRACT.test(name) && !known.has(name));

/**
 * Brings a database up to date, one process at a time, each migration in a transaction of its own. What newer versions
 * have added is left as it is. Connections are its own: a migration, and the wait for another process's, may take as long
 * as they take.
 * @throws StartError when a newer version has taken away what this one uses, or a table stays locked for a minute
 */
export async function migrate({ url, migrations, connectWithinMs, logger }: MigrationOptions): Promise<void> {
  const orm = new MikroORM({
    implicitTransactions: false,
    logger: () => undefined,
    clientUrl: url,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    extensions: [Migrator],
    migrations: { migrationsList: [...migrations], snapshot: false, tableName: 'migrations', allOrNothing: false },
    // One that holds the lock, and one that migrates.
    pool: { min: 0, max: 2 },
    driverOptions: { connectionTimeoutMillis: connectWithinMs, lock_timeout: TABLE_WAIT_MS },
    contextName: randomUUID(),
  });
  try {
    await underLock(orm, async () => {
      await refuseContracted(orm, namesOf(migrations));
      await persist(() => orm.migrator.up(), logger);
    });
  } finally {
    await orm.close(true);
  }
}

/**
 * Whoever does not get the lock asks again: one who waited for it within a statement would hold a snapshot, for whose end
 * a `create index concurrently` of the lock's holder waits without end.
 */
async function underLock(orm: MikroORM, work: () => Promise<void>): Promise<void> {
  const tryOnce = () =>
    orm.em.fork().transactional(async (em) => {
      const [row] = await em.execute<{ ours: boolean }[]>('select pg_try_advisory_xact_lock(?) as ours', [
        MIGRATION_LOCK,
      ]);
      if (row?.ours) await work();
      return row?.ours ?? false;
    });
  while (!(await tryOnce())) await pause(LOOK_AGAIN_MS);
}

async function refuseContracted(orm: MikroORM, known: ReadonlySet<string>): Promise<void> {
  const names = contractsBeyond(known, await doneIn(orm));
  if (names.length === 0) return;
  throw new StartError(
    `the database is of a newer version, which has taken away what this one uses (${names.join(', ')})`,
  );
}

/** What was done before a table could not be had stays done. */
async function persist(up: () => Promise<unknown>, logger: Logger | undefined): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await up();
      return;
    } catch (error) {
      if (sqlState(error) !== LOCK_TIMED_OUT) throw error;
      if (tries === TABLE_TRIES)
        throw new StartError('the schema can not be changed: others keep a table locked', { cause: error });
      logger?.warn({ err: error }, 'a migration waits for a table that others have locked');
      await pause(TABLE_PAUSE_MS * (1 + Math.random()));
    }
  }
}
