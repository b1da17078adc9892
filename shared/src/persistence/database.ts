import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { MikroORM, type EntityManager, type Options } from '@mikro-orm/postgresql';
import { Migrator, type Migration } from '@mikro-orm/migrations';
import type { Pool } from 'pg';
import { takeBackBrokenClients } from './broken-clients.js';
import { measurePool } from './pool-metrics.js';
import { traceStatements } from './trace-statements.js';
import type { Component } from '../lifecycle/system.js';
import type { Telemetry } from '../telemetry/telemetry.js';

export type { EntityManager } from '@mikro-orm/postgresql';

/** A migration by the name under which it is remembered. */
export interface NamedMigration {
  readonly name: string;
  readonly class: new (...args: ConstructorParameters<typeof Migration>) => Migration;
}

interface DatabaseOptions {
  /** A PostgreSQL URL of the service's own database. */
  readonly url: string;
  readonly entities: NonNullable<Options['entities']>;
  readonly migrations: readonly NamedMigration[];
  /** Connections at most. */
  readonly poolSize: number;
  readonly telemetry?: Telemetry | undefined;
}

/** The key of the advisory lock under which migrations run, the same in every process of a service. */
const MIGRATION_LOCK = 7_301_977;

/** Who waits longer for a connection of the pool, or for a new one, gets an error. */
const CONNECTION_WAIT_MS = 5_000;
const REACHABLE_WITHIN_MS = 2_000;
/** A machine on which everything starts at once may take its time. */
const SLOW_START_MS = 30_000;
const SLOW_PAUSE_MS = 200;

/** A process that hangs, or is cut off, in the middle of a transaction loses it, and with it the locks of its rows. */
const STUCK_TRANSACTION_MS = 60_000;

/** A service's own PostgreSQL database. Starting it brings the schema up to date, one process at a time. */
export class Database implements Component {
  readonly name = 'database';
  private readonly orm: MikroORM;

  constructor({ telemetry, poolSize, ...options }: DatabaseOptions) {
    this.orm = new MikroORM({
      clientUrl: options.url,
      entities: options.entities,
      extensions: [Migrator],
      migrations: { migrationsList: [...options.migrations], snapshot: false, tableName: 'migrations' },
      pool: { min: 0, max: poolSize },
      driverOptions: {
        idle_in_transaction_session_timeout: STUCK_TRANSACTION_MS,
        connectionTimeoutMillis: CONNECTION_WAIT_MS,
        onPoolCreated: (pool: Pool) => {
          takeBackBrokenClients(pool);
          if (!telemetry) return;
          traceStatements(pool, telemetry);
          measurePool(telemetry.metrics, pool, poolSize);
        },
      },
      // Several services may share a process: a transaction of one is never the context of another.
      contextName: randomUUID(),
      implicitTransactions: false,
      logger: () => undefined,
    });
  }

  /** A server that is slow, or just starting, is waited for; one that is not there, or refuses, is an error at once. */
  async start(): Promise<void> {
    const latest = performance.now() + SLOW_START_MS;
    for (;;) {
      try {
        await this.orm.connect();
        return await this.migrate();
      } catch (error) {
        if (!isSlowness(error) || performance.now() > latest) throw error;
        await pause(SLOW_PAUSE_MS);
      }
    }
  }

  async stop(): Promise<void> {
    await this.orm.close(true);
  }

  /** A fresh unit of work: its own identity map, no transaction. */
  fork(): EntityManager {
    return this.orm.em.fork();
  }

  /** Whether the database answers now. */
  async isReachable(): Promise<boolean> {
    return Promise.race([this.orm.isConnected(), pause(REACHABLE_WITHIN_MS, false, { ref: false })]);
  }

  private async migrate(): Promise<void> {
    await this.fork().transactional(async (em) => {
      // This transaction does nothing but hold the lock, for as long as the migrations take.
      await em.execute('set local idle_in_transaction_session_timeout = 0');
      await em.execute('select pg_advisory_xact_lock(?)', [MIGRATION_LOCK]);
      await this.orm.migrator.up();
    });
  }
}

/** PostgreSQL's "cannot connect now", and what pg and its pool say when a connection takes too long. */
function isSlowness(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    if ('code' in current && current.code === '57P03') return true;
    if (/connection timeout|timeout exceeded when trying to connect/.test(current.message)) return true;
  }
  return false;
}
