import { setTimeout as pause } from 'node:timers/promises';
import type { Component } from '@shop/shared/lifecycle/system';
import type { Logger } from '@shop/shared/logging/logger';
import type { LogEntry } from '../domain/log-entry.js';
import { type LogSink, Refused, TryLater } from './log-sink.js';

interface SinkFeedOptions {
  readonly sink: LogSink;
  readonly logger: Logger;
  /** Entries that wait, at most: beyond that the oldest is dropped. */
  readonly capacity: number;
  /** Entries of one batch, at most. */
  readonly batchSize: number;
  /** How long a batch waits for more entries, in ms. Not at all unless told: what arrives during a write is the next. */
  readonly lingerMs?: number;
  /** After so long without an answer a sink is in trouble; in ms. */
  readonly patienceMs?: number;
}

interface Waiting {
  readonly entry: LogEntry;
  resolve(): void;
  reject(fault: Refused): void;
}

const PATIENCE_MS = 2_000;
const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 30_000;
/** What a stop waits for a sink to take what is left. */
const STOP_LIMIT_MS = 3_000;

/**
 * Feeds one sink, so that none can hold up another or whoever brings entries: batches, retries with growing pauses, and a
 * bounded buffer through an outage that drops its oldest and counts them.
 */
export class SinkFeed implements Component {
  readonly name: string;
  /** Since the start. */
  readonly counts = { written: 0, refused: 0, dropped: 0 };
  private readonly waiting: Waiting[] = [];
  private readonly stopping = new AbortController();
  private feeding: Promise<void> | undefined;
  private trouble: { readonly droppedBefore: number } | undefined;
  private inFlight: readonly Waiting[] = [];

  constructor(private readonly options: SinkFeedOptions) {
    this.name = options.sink.name;
  }

  async start(): Promise<void> {}

  /** Gives the sink a last chance to take what waits. What it does not take is dropped. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.race([this.feeding, pause(STOP_LIMIT_MS, undefined, { ref: false })]);
    this.drop(this.waiting.length);
    if (this.counts.dropped > 0) this.options.logger.warn(this.summary, 'log entries were dropped');
    await this.options.sink.close();
  }

  /** How many entries the sink has not taken yet. */
  get backlog(): number {
    return this.waiting.length + this.inFlight.length;
  }

  /**
   * Resolves when the sink has kept the entry; while it is in trouble at once, as the entry then waits in memory. Rejects
   * with `Refused` when it never will.
   */
  take(entry: LogEntry): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ entry, resolve, reject });
      if (this.trouble) resolve();
      this.drop(this.waiting.length - this.options.capacity);
      this.feeding ??= this.feed();
    });
  }

  private async feed(): Promise<void> {
    const { batchSize, lingerMs = 0 } = this.options;
    // What is taken in this turn of the event loop belongs together.
    await this.pause(lingerMs);
    while (this.waiting.length > 0) {
      this.inFlight = this.waiting.splice(0, batchSize);
      await this.deliver(this.inFlight);
      this.inFlight = [];
      if (lingerMs > 0 && this.waiting.length < batchSize) await this.pause(lingerMs);
    }
    // Within the turn that found nothing waiting, so that whoever comes next begins anew.
    this.feeding = undefined;
  }

  /** Ends when the batch is kept, refused, or given up by a stop. */
  private async deliver(batch: readonly Waiting[]): Promise<void> {
    for (let backoff = FIRST_BACKOFF_MS; ; backoff = Math.min(backoff * 2, MAX_BACKOFF_MS)) {
      try {
        await this.attempt(batch);
        return this.settle(batch);
      } catch (error) {
        if (error instanceof Refused) return this.settle(batch, error);
        this.enterTrouble(error);
        if (this.stopping.signal.aborted) return void (this.counts.dropped += batch.length);
        const wanted = error instanceof TryLater ? error.afterMs : 0;
        // Several loggers shall not come back all at once.
        await this.pause(Math.max(wanted, backoff * (0.5 + Math.random() / 2)));
      }
    }
  }

  private async attempt(batch: readonly Waiting[]): Promise<void> {
    const { sink, patienceMs = PATIENCE_MS } = this.options;
    const late = setTimeout(() => this.enterTrouble(new Error('it does not answer')), patienceMs);
    try {
      await sink.write(batch.map(({ entry }) => entry));
    } finally {
      clearTimeout(late);
    }
  }

  private settle(batch: readonly Waiting[], fault?: Refused): void {
    const refused = new Set(fault?.entries);
    this.counts.refused += refused.size;
    this.counts.written += batch.length - refused.size;
    if (fault) this.options.logger.warn({ err: fault, sink: this.name, entries: refused.size }, 'log entries refused');
    for (const { entry, resolve, reject } of batch) {
      if (fault && refused.has(entry)) reject(fault);
      else resolve();
    }
    if (this.trouble) this.options.logger.warn(this.summary, 'a log sink is back');
    this.trouble = undefined;
  }

  /** Nobody waits any longer for a sink in trouble: its entries are in memory, as safe as they get. */
  private enterTrouble(error: unknown): void {
    if (this.trouble) return;
    this.trouble = { droppedBefore: this.counts.dropped };
    this.options.logger.warn({ err: error, sink: this.name }, 'a log sink is in trouble: entries wait in memory');
    for (const { resolve } of [...this.inFlight, ...this.waiting]) resolve();
  }

  private drop(count: number): void {
    if (count <= 0) return;
    for (const { resolve } of this.waiting.splice(0, count)) resolve();
    this.counts.dropped += count;
  }

  private get summary() {
    const dropped = this.counts.dropped - (this.trouble?.droppedBefore ?? 0);
    return { sink: this.name, dropped, droppedInAll: this.counts.dropped, waiting: this.backlog };
  }

  /** A stop ends it at once. */
  private async pause(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
