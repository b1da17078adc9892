import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { MikroORM, type EntityManager, type Options } from '@mikro-orm/postgresql';
import type { Pool } from 'pg';
import { takeBackBrokenClients } from './broken-clients.js';
import { isMigrated, migrate, type NamedMigration } from './migrating.js';
import { measurePool } from './pool-metrics.js';
import { sendTogether } from './statement-batches.js';
import type { Session } from './statements.js';
import { traceStatements } from './trace-statements.js';
import { causesOf } from '../errors/causes.js';
import { StopTime } from '../lifecycle/stop-time.js';
import type { Component } from '../lifecycle/system.js';
import { within } from '../messaging/in-flight.js';
import type { Telemetry } from '../telemetry/telemetry.js';

export type { EntityManager } from '@mikro-orm/postgresql';

interface DatabaseOptions {
  /** A PostgreSQL URL of the service's own database. */
  readonly url: string;
  readonly entities: NonNullable<Options['entities']>;
  readonly migrations: readonly NamedMigration[];
  /** Connections at most. */
  readonly poolSize: number;
  /** A statement that is not answered within so many ms fails, and its connection is thrown away; 30 s unless told. */
  readonly answerWithinMs?: number;
  readonly telemetry?: Telemetry | undefined;
}

/** Who waits longer for a connection of the pool, or for a new one, gets an error. */
const CONNECTION_WAIT_MS = 5_000;
const REACHABLE_WITHIN_MS = 2_000;
/** A machine on which everything starts at once may take its time. */
const SLOW_START_MS = 30_000;
const SLOW_PAUSE_MS = 200;

/** A process that hangs, or is cut off, in the middle of a transaction loses it, and with it the locks of its rows. */
const STUCK_TRANSACTION_MS = 60_000;

const ANSWER_WITHIN_MS = 30_000;
/** The server gives a slow statement up before we do: then its connection stays good. Of several in one message, it may not. */
const CANCELLED_AFTER = 0.8;

/** A service's own PostgreSQL database. Starting it brings the schema up to date, one process at a time. */
export class Database implements Component, Session {
  readonly name = 'database';
  private readonly orm: MikroORM;
  private readonly alone: Session;

  constructor(private readonly options: DatabaseOptions) {
    const { telemetry, poolSize, answerWithinMs = ANSWER_WITHIN_MS } = options;
    this.orm = new MikroORM({
      implicitTransactions: false,
      logger: () => undefined,
      clientUrl: options.url,
      entities: options.entities,
      pool: { min: 0, max: poolSize },
      driverOptions: {
        idle_in_transaction_session_timeout: STUCK_TRANSACTION_MS,
        connectionTimeoutMillis: CONNECTION_WAIT_MS,
        query_timeout: answerWithinMs,
        statement_timeout: answerWithinMs * CANCELLED_AFTER,
        onPoolCreated: (pool: Pool) => {
          sendTogether(pool);
          takeBackBrokenClients(pool);
          if (!telemetry) return;
          traceStatements(pool, telemetry);
          measurePool(telemetry.metrics, pool, poolSize);
        },
      },
      // Several services may share a process: a transaction of one is never the context of another.
      contextName: randomUUID(),
    });
    this.alone = this.fork();
  }

  /** A server that is slow, or just starting, is waited for; one that is not there, or refuses, is an error at once. */
  async start(): Promise<void> {
    const latest = performance.now() + SLOW_START_MS;
    for (;;) {
      try {
        await this.orm.connect();
        const { url, migrations, telemetry } = this.options;
        if (await isMigrated(this.orm, migrations)) return;
        return await migrate({ url, migrations, connectWithinMs: CONNECTION_WAIT_MS, logger: telemetry?.logger });
      } catch (error) {
        if (!isSlowness(error) || performance.now() > latest) throw error;
        await pause(SLOW_PAUSE_MS);
      }
    }
  }

  /** Whoever still has a connection in hand is not waited for without end. */
  async stop(time = new StopTime()): Promise<void> {
    await within(time.leftFor('everything'), this.orm.close(true));
  }

  /** A fresh unit of work: its own identity map, no transaction. */
  fork(): EntityManager {
    return this.orm.em.fork();
  }

  /** For statements that are no part of a transaction, not even of one that is under way where they are asked for. */
  getKysely: Session['getKysely'] = (options) => this.alone.getKysely(options);

  /** Whether the database answers now. */
  async isReachable(): Promise<boolean> {
    return Promise.race([this.orm.isConnected(), pause(REACHABLE_WITHIN_MS, false, { ref: false })]);
  }
}

/** PostgreSQL's "cannot connect now", and what pg and its pool say when a connection takes too long. */
function isSlowness(error: unknown): boolean {
  for (const current of causesOf(error)) {
    if ('code' in current && current.code === '57P03') return true;
    if (/connection timeout|timeout exceeded when trying to connect|Query read timeout/.test(current.message))
      return true;
  }
  return false;
}
