import { context } from '@opentelemetry/api';
import type { Counter } from 'prom-client';
import { z } from 'zod';
import { BATCH, ClaimedRows } from './claimed-rows.js';
import { Marks } from './marks.js';
import { OutboxConnection } from './outbox-connection.js';
import { countUnroutable, measureOutbox } from './outbox-metrics.js';
import type { Destination, OutboxRow } from './outbox.js';
import type { Carrier, Transactions } from './transactions.js';
import { StopTime } from '../lifecycle/stop-time.js';
import type { Component } from '../lifecycle/system.js';
import { Undeliverable } from '../messaging/bus.js';
import { InFlight, within } from '../messaging/in-flight.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { contextFrom } from '../telemetry/trace-context.js';

interface OutboxRelayOptions {
  readonly destination: Destination;
  /** Whose announcements it hands over right after their commit; all others it looks for. */
  readonly transactions?: Transactions;
  /** For the relay's own connection. */
  readonly databaseUrl: string;
  /** A statement on that connection that is not answered within so many ms makes it be made anew; 10 s unless told. */
  readonly answerWithinMs?: number;
  readonly telemetry: Telemetry;
  /**
   * Hands a row over, in the trace in which it was announced; resolves when the other side has confirmed it. Rejects with
   * `Undeliverable`, or a ZodError, when only this row is not taken.
   */
  readonly publish: (row: OutboxRow) => Promise<void>;
  /** Whether it makes sense to try now. True unless told. */
  readonly isOpen?: () => boolean;
  /** Runs each time nothing is left that this relay could hand over; others may have claimed some. */
  readonly onIdle?: () => Promise<void>;
}

const POLL_MS = 1_000;
const MAX_BACKOFF_MS = 5_000;
/** Beyond so many that are not confirmed, or marked, yet, what is announced waits in the outbox. */
const MOST_IN_HAND = 1_000;
/** Longer than this a stop waits for no answer, however much time it has: what is not confirmed is left to its lease. */
const STOP_LIMIT_MS = 3_000;

/**
 * Publishes a service's outbox rows of one destination, at least once: those of its own process as they are committed, and
 * whatever else there is, oldest first. It claims by lease, hands over while holding neither a transaction nor a
 * connection, and marks what was confirmed. Several relays share the work. A row that the other side does not take is an
 * alarm, and is set aside for a while, so that it holds up no other.
 */
export class OutboxRelay implements Component, Carrier {
  readonly name: string;
  private readonly connection: OutboxConnection;
  private readonly rows: ClaimedRows;
  private readonly marks: Marks;
  private readonly carried = new InFlight();
  private readonly unroutable: Counter<'destination'>;
  private stopped = true;
  private pending = false;
  private urgent = false;
  private wakeUp: (() => void) | undefined;
  private loop: Promise<void> = Promise.resolve();

  constructor(private readonly options: OutboxRelayOptions) {
    this.name = `outbox relay to ${options.destination}`;
    const { databaseUrl, destination, answerWithinMs, telemetry } = options;
    this.connection = new OutboxConnection(databaseUrl, destination, () => this.wake(), answerWithinMs);
    this.rows = new ClaimedRows(this.connection, options.destination);
    // What can't be marked now is marked by the loop, which tries again until it can.
    this.marks = new Marks(
      (rows) => this.rows.mark(rows),
      () => this.wake(),
    );
    measureOutbox(telemetry.metrics, destination, this.connection);
    this.unroutable = countUnroutable(telemetry.metrics, destination);
    options.transactions?.carryBy(this);
  }

  get destination(): Destination {
    return this.options.destination;
  }

  async start(): Promise<void> {
    this.stopped = false;
    await this.connection.start();
    this.loop = this.run();
  }

  /** Hands over what was announced until now, a batch of it, if the other side takes it in time. */
  async stop(time = new StopTime()): Promise<void> {
    this.stopped = true;
    this.wake();
    const limitMs = time.leftFor('relays', STOP_LIMIT_MS);
    const ended = Promise.all([this.loop, this.carried.settled(limitMs)]).then(() => this.marks.flush());
    if (!(await within(limitMs, ended).catch(() => false)))
      this.options.telemetry.logger.warn(`${this.name}: stopped before all was confirmed`);
    await this.connection.stop(time);
  }

  get isTaking(): boolean {
    const { isOpen } = this.options;
    if (this.stopped || !this.connection.isOpen || this.carried.count + this.marks.count > MOST_IN_HAND) return false;
    return isOpen?.() ?? true;
  }

  /** Hands over rows that were written as claimed. */
  take(rows: readonly OutboxRow[]): void {
    this.carried.track(this.carry(rows));
  }

  private async carry(rows: readonly OutboxRow[]): Promise<void> {
    try {
      if (await this.deliver(rows)) return;
    } catch (error) {
      // They wait for their lease.
      this.options.telemetry.logger.warn({ err: error }, `${this.name}: could not give rows back`);
    }
    this.wake();
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
      backoff = (await this.round()) ? 0 : nextBackoff(backoff);
      await (backoff > 0 ? this.pause(backoff, false) : this.pause(POLL_MS, true));
    }
    await this.round();
  }

  /** Publishes all there is. False when it should be tried again later. */
  private async round(): Promise<boolean> {
    try {
      if (await this.relayAll()) return false;
      await this.options.onIdle?.();
      return true;
    } catch (error) {
      const { destination, telemetry } = this.options;
      telemetry.logger.warn({ err: error, destination }, 'outbox relay: will try again');
      return false;
    }
  }

  /** Publishes until nothing is left. True when the other side could not be reached. */
  private async relayAll(): Promise<boolean> {
    await this.marks.flush();
    while (this.options.isOpen?.() ?? true) {
      const rows = await this.rows.claim();
      if (rows.length === 0) return false;
      const reached = await this.deliver(rows);
      await this.marks.flush();
      if (!reached) return true;
      // A batch that is not full was all there was; whatever is announced meanwhile wakes the relay again.
      if (rows.length < BATCH || this.stopped) return false;
    }
    return false;
  }

  /** Hands claimed rows over: each is to be marked, set aside or given back then. False when the other side could not be reached. */
  private async deliver(rows: readonly OutboxRow[]): Promise<boolean> {
    const outcomes = await Promise.allSettled(rows.map((row) => this.publish(row)));
    const reasons = outcomes.map((outcome) => (outcome.status === 'rejected' ? { error: outcome.reason } : undefined));
    const refused = rows.filter((_, index) => reasons[index] && isOfRowAlone(reasons[index].error));
    const failed = rows.filter((_, index) => reasons[index] && !isOfRowAlone(reasons[index].error));
    this.marks.add(rows.filter((_, index) => !reasons[index]));
    if (refused.length > 0)
      await this.setAside(refused, reasons.find((each) => each && isOfRowAlone(each.error))?.error);
    if (failed.length === 0) return true;
    const reason = reasons.find((each) => each && !isOfRowAlone(each.error))?.error;
    this.options.telemetry.logger.warn(
      { err: reason, rows: failed.length },
      `${this.name}: not confirmed, will try again`,
    );
    await this.rows.release(failed);
    return false;
  }

  private async publish(row: OutboxRow): Promise<void> {
    return context.with(contextFrom(row.headers), () => this.options.publish(row));
  }

  /** Somebody has to be told: a row that nobody takes is an event that its consumers miss. */
  private async setAside(rows: readonly OutboxRow[], reason: unknown): Promise<void> {
    const { destination, telemetry } = this.options;
    this.unroutable.inc({ destination }, rows.length);
    const types = [...new Set(rows.map(({ type }) => type))];
    telemetry.logger.error(
      { err: reason, destination, types, rows: rows.length },
      `${this.name}: nobody takes these rows`,
    );
    await this.rows.setAside(rows);
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

/** Nobody takes it, or it is not what a row of its kind must be: another version may have written it. */
const isOfRowAlone = (error: unknown) => error instanceof Undeliverable || error instanceof z.ZodError;

const nextBackoff = (previous: number) => Math.min(MAX_BACKOFF_MS, Math.max(100, previous * 2));
