import { context } from '@opentelemetry/api';
import { OutboxConnection } from './outbox-connection.js';
import { measureOutbox } from './outbox-metrics.js';
import type { Destination, OutboxRow } from './outbox.js';
import type { Component } from '../lifecycle/system.js';
import type { Database, EntityManager } from '../persistence/database.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { contextFrom } from '../telemetry/trace-context.js';

interface OutboxRelayOptions {
  readonly destination: Destination;
  readonly database: Database;
  /** For the relay's own connection. */
  readonly databaseUrl: string;
  readonly telemetry: Telemetry;
  /** Hands a row over, in the trace in which it was announced; resolves when the other side has confirmed it. */
  readonly publish: (row: OutboxRow) => Promise<void>;
  /** Whether it makes sense to try now. True unless told. */
  readonly isOpen?: () => boolean;
  /** What else becomes true with the confirmation; runs in the transaction that marks the rows. */
  readonly onPublished?: (em: EntityManager, rows: readonly OutboxRow[]) => Promise<void>;
  /** Runs each time nothing is left that this relay could hand over; others may have claimed some. */
  readonly onIdle?: () => Promise<void>;
}

/** A row as the driver hands it over: bigint comes as text. */
type ClaimedRow = OutboxRow & { readonly seq: string };

const BATCH = 100;
/** A claimed row whose relay died is claimable again after so long. */
const LEASE_SECONDS = 15;
const POLL_MS = 1_000;
const MAX_BACKOFF_MS = 5_000;

/**
 * Publishes a service's outbox rows of one destination, oldest first, at least once: claims a batch by lease, hands it
 * over while holding neither a transaction nor a connection, marks what was confirmed. Several relays share the work.
 */
export class OutboxRelay implements Component {
  readonly name: string;
  private readonly connection: OutboxConnection;
  private stopped = true;
  private pending = false;
  private urgent = false;
  private wakeUp: (() => void) | undefined;
  private loop: Promise<void> = Promise.resolve();

  constructor(private readonly options: OutboxRelayOptions) {
    this.name = `outbox relay to ${options.destination}`;
    this.connection = new OutboxConnection(options.databaseUrl, options.destination, () => this.wake());
    measureOutbox(options.telemetry.metrics, options.destination, this.connection);
  }

  async start(): Promise<void> {
    this.stopped = false;
    await this.connection.start();
    this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.loop;
    await this.connection.stop();
  }

  /** Something was announced: look now rather than at the next poll. */
  wake(): void {
    this.pending = true;
    this.wakeUp?.();
  }

  /** The other side has come back: try again at once, even out of a back-off. */
  retryNow(): void {
    this.urgent = true;
    this.wake();
  }

  private async run(): Promise<void> {
    let backoff = 0;
    while (!this.stopped) {
      this.pending = false;
      this.urgent = false;
      try {
        const failed = await this.relayAll();
        if (!failed) await this.options.onIdle?.();
        backoff = failed ? nextBackoff(backoff) : 0;
      } catch (error) {
        backoff = nextBackoff(backoff);
        this.options.telemetry.logger.warn(
          { err: error, destination: this.options.destination },
          'outbox relay: will try again',
        );
      }
      await (backoff > 0 ? this.pause(backoff, false) : this.pause(POLL_MS, true));
    }
  }

  /** Publishes until nothing is left. True when something could not be handed over. */
  private async relayAll(): Promise<boolean> {
    while (this.options.isOpen?.() ?? true) {
      const rows = await this.claim();
      if (rows.length === 0) return false;
      const outcomes = await Promise.allSettled(rows.map((row) => this.publish(row)));
      const published = rows.filter((_, index) => outcomes[index]?.status === 'fulfilled');
      const failed = rows.filter((_, index) => outcomes[index]?.status === 'rejected');
      if (published.length > 0) await this.mark(published);
      if (failed.length > 0) {
        await this.release(failed);
        const reason = outcomes.find((outcome) => outcome.status === 'rejected')?.reason;
        this.options.telemetry.logger.warn(
          { err: reason, rows: failed.length },
          `${this.name}: not confirmed, will try again`,
        );
        return true;
      }
      // A batch that is not full was all there was; whatever is announced meanwhile wakes the relay again.
      if (rows.length < BATCH || this.stopped) return false;
    }
    return false;
  }

  private publish(row: OutboxRow): Promise<void> {
    return context.with(contextFrom(row.headers), () => this.options.publish(row));
  }

  private async claim(): Promise<OutboxRow[]> {
    const rows = await this.connection.query<ClaimedRow>(
      `update outbox set claimed_until = now() + make_interval(secs => ${LEASE_SECONDS})
       where id in (
         select id from outbox
         where destination = $1 and published_at is null and (claimed_until is null or claimed_until < now())
         order by seq limit ${BATCH} for update skip locked)
       returning id, seq, destination, exchange, type, correlation_id as "correlationId", headers, body, created_at as "createdAt"`,
      [this.options.destination],
    );
    return rows.sort((a, b) => Number(a.seq) - Number(b.seq));
  }

  private async mark(rows: readonly OutboxRow[]): Promise<void> {
    const { database, onPublished } = this.options;
    const sql = 'update outbox set published_at = now() where id = any';
    if (!onPublished) return void (await this.connection.query(`${sql}($1::uuid[])`, [ids(rows)]));
    await database.fork().transactional(async (em) => {
      await em.execute(`${sql}(?::uuid[])`, [`{${ids(rows).join(',')}}`], 'run');
      await onPublished(em, rows);
    });
  }

  private async release(rows: readonly OutboxRow[]): Promise<void> {
    const sql = 'update outbox set claimed_until = null where id = any($1::uuid[]) and published_at is null';
    await this.connection.query(sql, [ids(rows)]);
  }

  /** Waits; a wake-up ends the wait, that of a back-off only when the other side is known to be back. */
  private async pause(ms: number, wakeable: boolean): Promise<void> {
    const isOver = () => this.stopped || this.urgent || (wakeable && this.pending);
    if (isOver()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wakeUp = () => {
        if (!isOver()) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.wakeUp = undefined;
  }
}

const nextBackoff = (previous: number) => Math.min(MAX_BACKOFF_MS, Math.max(100, previous * 2));
const ids = (rows: readonly OutboxRow[]) => rows.map((row) => row.id);
