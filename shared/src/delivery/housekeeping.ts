import { StopTime } from '../lifecycle/stop-time.js';
import type { Component } from '../lifecycle/system.js';
import type { Logger } from '../logging/logger.js';
import { within } from '../messaging/in-flight.js';
import type { Database } from '../persistence/database.js';
import { writtenBy } from '../persistence/statements.js';

interface HousekeepingOptions {
  readonly database: Database;
  readonly logger: Logger;
  /** Published outbox rows and inbox rows go when they are older. */
  readonly retentionDays: number;
  /** How often it looks, in milliseconds; once an hour unless told. */
  readonly intervalMs?: number;
}

const HOUR_MS = 3_600_000;
/** A service that is restarted often cleans up all the same. */
const FIRST_MS = 60_000;
const BATCH = 1_000;
/** A stop waits no longer for a step of it: what was not removed is removed next time. */
const STOP_LIMIT_MS = 1_000;

/** Published rows serve nobody but who looks into a problem of yesterday. Inbox rows only save work. */
export const SWEEPS: readonly string[] = [
  `delete from outbox where id in (
     select id from outbox where published_at < now() - make_interval(days => ?) limit ${BATCH})`,
  `delete from inbox where (message_id, consumer) in (
     select message_id, consumer from inbox where received_at < now() - make_interval(days => ?) limit ${BATCH})`,
];

/** Keeps a service's outbox and inbox from growing without end. Several processes may do it at once. */
export class DeliveryHousekeeping implements Component {
  readonly name = 'delivery housekeeping';
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private sweeping: Promise<void> = Promise.resolve();

  constructor(private readonly options: HousekeepingOptions) {}

  async start(): Promise<void> {
    this.stopped = false;
    this.sweepLater(Math.min(FIRST_MS, this.intervalMs));
  }

  async stop(time = new StopTime()): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await within(time.leftFor('handlers', STOP_LIMIT_MS), this.sweeping);
  }

  /** The next sweep waits for the end of this one. */
  private sweepLater(delayMs = this.intervalMs): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.sweeping = this.sweep().finally(() => this.sweepLater());
    }, delayMs);
  }

  private get intervalMs(): number {
    return this.options.intervalMs ?? HOUR_MS;
  }

  private async sweep(): Promise<void> {
    try {
      for (const statement of SWEEPS) while (!this.stopped && (await this.deletes(statement)) === BATCH);
    } catch (error) {
      this.options.logger.warn({ err: error }, 'delivery housekeeping failed, will try again');
    }
  }

  private async deletes(statement: string): Promise<number> {
    const { database, retentionDays } = this.options;
    return writtenBy(database, statement, [retentionDays]);
  }
}
