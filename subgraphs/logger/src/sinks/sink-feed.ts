import { setTimeout as pause } from 'node:timers/promises';
import { StopTime } from '@shop/shared/lifecycle/stop-time';
import type { Component } from '@shop/shared/lifecycle/system';
import type { Logger } from '@shop/shared/logging/logger';
import type { LogEntry } from '../domain/log-entry.js';
import { type LogSink, Refused, TryLater } from './log-sink.js';
import { WaitingEntry } from './waiting-entry.js';

interface SinkFeedOptions {
  readonly sink: LogSink;
  readonly logger: Logger;
  /** Entries that wait, at most: beyond that the oldest is not kept. */
  readonly capacity: number;
  /** Entries of one batch, at most. */
  readonly batchSize: number;
  /** How long a batch waits for more entries, in ms. Not at all unless told: what arrives during a write is the next. */
  readonly lingerMs?: number;
  /** After so long without an answer a sink is in trouble; in ms. */
  readonly patienceMs?: number;
  /** The longest pause before a sink in trouble is tried again, in ms; it may ask for more itself. */
  readonly longestPauseMs?: number;
}

const PATIENCE_MS = 2_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** What a stop waits for a sink to take what is left. */
const STOP_LIMIT_MS = 3_000;

/**
 * Feeds one sink, so that none can hold up another: batches, retries with growing pauses, and a bounded buffer. What it
 * can't hold goes back to whoever has it still; nobody has the rest, which is dropped and counted.
 */
export class SinkFeed implements Component {
  readonly name: string;
  /** Since the start. */
  readonly counts = { written: 0, refused: 0, returned: 0, dropped: 0 };
  private readonly waiting = new Set<WaitingEntry>();
  private readonly stopping = new AbortController();
  private feeding: Promise<void> | undefined;
  private trouble: { readonly droppedBefore: number } | undefined;
  private inFlight: readonly WaitingEntry[] = [];
  private isHurried = false;

  constructor(private readonly options: SinkFeedOptions) {
    this.name = options.sink.name;
  }

  async start(): Promise<void> {}

  /** Gives the sink a last chance to take what waits. What it does not take is given back, or dropped. */
  async stop(time = new StopTime()): Promise<void> {
    this.stopping.abort();
    await Promise.race([this.feeding, pause(time.leftFor('everything', STOP_LIMIT_MS), undefined, { ref: false })]);
    this.release([...this.inFlight, ...this.waiting]);
    if (this.counts.dropped > 0) this.options.logger.warn(this.summary, 'log entries were dropped');
    await this.options.sink.close();
  }

  /** How many entries the sink has not taken yet. */
  get backlog(): number {
    return this.waiting.size + this.inFlight.filter(({ isOver }) => !isOver).length;
  }

  /** Whether its last write failed, or takes too long. */
  get isInTrouble(): boolean {
    return this.trouble !== undefined;
  }

  /**
   * Resolves when the sink has kept the entry. Rejects with `Refused` when it never will, and with an `AppError`,
   * SUBGRAPH_UNAVAILABLE, when it is not kept now.
   * @param withinMs for whoever has the entry until this is settled: how long that may take. Not kept then, but for a
   *   write that is just under way, it is up to them. Without it the entry waits as long as there is room.
   */
  take(entry: LogEntry, withinMs?: number): Promise<void> {
    const taken = new WaitingEntry(entry, withinMs !== undefined);
    if (withinMs !== undefined) taken.limitTo(withinMs, () => this.release([taken]));
    this.waiting.add(taken);
    if (this.isHurried && this.isInTrouble) this.giveBack();
    for (const oldest of this.waiting) {
      if (this.waiting.size <= this.options.capacity) break;
      this.release([oldest]);
    }
    this.feeding ??= this.feed();
    return taken.outcome;
  }

  /** From now on a sink in trouble is not waited for: whoever has an entry still gets it back at once. */
  hurry(): void {
    this.isHurried = true;
    if (this.isInTrouble) this.giveBack();
  }

  private async feed(): Promise<void> {
    const { batchSize, lingerMs = 0 } = this.options;
    // What is taken in this turn of the event loop belongs together.
    await this.pause(lingerMs);
    while (this.waiting.size > 0) {
      this.inFlight = [...this.waiting].slice(0, batchSize);
      for (const entry of this.inFlight) this.waiting.delete(entry);
      await this.deliver(this.inFlight);
      this.inFlight = [];
      if (lingerMs > 0 && this.waiting.size < batchSize) await this.pause(lingerMs);
    }
    // Within the turn that found nothing waiting, so that whoever comes next begins anew.
    this.feeding = undefined;
  }

  /** Ends when of each entry of the batch is known what becomes of it. */
  private async deliver(batch: readonly WaitingEntry[]): Promise<void> {
    const { longestPauseMs = LONGEST_PAUSE_MS } = this.options;
    for (let backoff = FIRST_PAUSE_MS; ; backoff = Math.min(backoff * 2, longestPauseMs)) {
      const left = batch.filter(({ isOver }) => !isOver);
      if (left.length === 0) return;
      try {
        await this.attempt(left);
        return this.settle(left);
      } catch (error) {
        if (error instanceof Refused) return this.settle(left, error);
        this.enterTrouble(error);
        if (this.stopping.signal.aborted) return this.release(left);
        const wanted = error instanceof TryLater ? error.afterMs : 0;
        // Several loggers shall not come back all at once.
        await this.pause(Math.max(wanted, backoff * (0.5 + Math.random() / 2)));
      }
    }
  }

  private async attempt(batch: readonly WaitingEntry[]): Promise<void> {
    const { sink, patienceMs = PATIENCE_MS } = this.options;
    const late = setTimeout(() => this.enterTrouble(new Error('it does not answer')), patienceMs);
    try {
      await sink.write(batch.map(({ entry }) => entry));
    } finally {
      clearTimeout(late);
    }
  }

  private settle(batch: readonly WaitingEntry[], fault?: Refused): void {
    const refused = new Set(fault?.entries);
    if (fault) this.options.logger.warn({ err: fault, sink: this.name, entries: refused.size }, 'log entries refused');
    for (const waiting of batch.filter(({ isOver }) => !isOver)) {
      const isRefused = fault && refused.has(waiting.entry);
      this.counts[isRefused ? 'refused' : 'written'] += 1;
      if (isRefused) waiting.refused(fault);
      else waiting.kept();
    }
    if (this.trouble) this.options.logger.warn(this.summary, 'a log sink is back');
    this.trouble = undefined;
  }

  private enterTrouble(error: unknown): void {
    if (this.trouble) return;
    this.trouble = { droppedBefore: this.counts.dropped };
    this.options.logger.warn({ err: error, sink: this.name }, 'a log sink is in trouble: entries wait in memory');
    if (this.isHurried) this.giveBack();
  }

  private giveBack(): void {
    this.release([...this.inFlight, ...this.waiting].filter(({ isLent }) => isLent));
  }

  /** These are not kept: it is up to whoever has them still. */
  private release(entries: readonly WaitingEntry[]): void {
    for (const waiting of entries) {
      this.waiting.delete(waiting);
      if (waiting.isOver) continue;
      this.counts[waiting.isLent ? 'returned' : 'dropped'] += 1;
      waiting.notKept();
    }
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
