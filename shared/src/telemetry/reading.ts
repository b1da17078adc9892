import { setTimeout as pause } from 'node:timers/promises';
import type { Counter, Gauge } from 'prom-client';

/** A scrape does not wait longer than this for what it asks elsewhere. */
const READ_WITHIN_MS = 1_000;

/** A metric that is read where it is kept, at each scrape. A read that fails leaves no value behind. */
export class Reading {
  private running: Promise<void> | undefined;

  constructor(
    private readonly metric: Counter<string> | Gauge<string>,
    private readonly read: () => Promise<void> | void,
  ) {}

  /** Forgets what was read before. */
  clear(): void {
    this.metric.reset();
    // Without labels, a metric that was reset is 0: but nothing is known of it yet.
    this.metric.remove({});
  }

  /** Resolves when the read has ended, or has taken too long: then the next scrape finds it still under way. */
  async take(): Promise<void> {
    this.running ??= this.settled().finally(() => (this.running = undefined));
    await Promise.race([this.running, pause(READ_WITHIN_MS, undefined, { ref: false })]);
  }

  private async settled(): Promise<void> {
    try {
      await this.read();
    } catch {
      // What it reads is away, and its own log says so.
    }
  }
}
