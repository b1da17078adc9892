import { setTimeout as pause } from 'node:timers/promises';
import { StopTime } from '@shop/shared/lifecycle/stop-time';
import type { Component } from '@shop/shared/lifecycle/system';
import type { Logger } from '@shop/shared/logging/logger';
import type { EntryStore } from '../persistence/entry.store.js';

interface ForgetEntriesOptions {
  readonly entries: EntryStore;
  readonly logger: Logger;
  readonly now: () => Date;
  /** How many days an entry is kept after it came. */
  readonly days: number;
  /** How many entries are kept. */
  readonly most: number;
  /** How much room they may take, with their indexes, in bytes. */
  readonly mostBytes: number;
  /** Between two sweeps, in ms. */
  readonly intervalMs: number;
}

const DAY_MS = 86_400_000;
/** Of one statement: it holds its locks for some ms, and intake goes on between two of them. */
const STEP = 1_000;
const BETWEEN_STEPS_MS = 20;
const STOP_LIMIT_MS = 500;

/** Forgets the entries that came first, once they are too old, too many or too much, in small steps. Several processes may do so. */
export class ForgetEntries implements Component {
  readonly name = 'log retention';
  private stopping = new AbortController();
  private sweeping: Promise<void> = Promise.resolve();

  constructor(private readonly options: ForgetEntriesOptions) {}

  async start(): Promise<void> {
    this.stopping = new AbortController();
    this.sweeping = this.sweepForever(this.stopping.signal);
  }

  /** A statement that hangs is not waited for. */
  async stop(time = new StopTime()): Promise<void> {
    this.stopping.abort();
    await Promise.race([this.sweeping, pause(time.leftFor('handlers', STOP_LIMIT_MS), undefined, { ref: false })]);
  }

  private async sweepForever(signal: AbortSignal): Promise<void> {
    const { intervalMs, logger } = this.options;
    while (!signal.aborted) {
      await pause(intervalMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.sweep(signal).catch((error: unknown) =>
        logger.warn({ err: error }, 'log entries not cleaned up, will try again'),
      );
    }
  }

  private async sweep(signal: AbortSignal): Promise<void> {
    const { entries, now, days, most, mostBytes } = this.options;
    const before = new Date(now().getTime() - days * DAY_MS);
    const roomFor = Math.floor(mostBytes / (await entries.averageBytes()));
    const tooMany = await entries.lastBeyond(Math.min(most, roomFor));
    const steps = [
      () => entries.forgetReceivedBefore(before, STEP),
      ...(tooMany === null ? [] : [() => entries.forgetUpTo(tooMany, STEP)]),
    ];
    for (const step of steps) {
      while (!signal.aborted && (await step()) === STEP) {
        await pause(BETWEEN_STEPS_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
