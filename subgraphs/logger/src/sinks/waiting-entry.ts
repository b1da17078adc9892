import { unavailable } from '@shop/shared/errors/app-error';
import type { LogEntry } from '../domain/log-entry.js';

/** An entry that waits for its sink, and whoever is told what becomes of it. */
export class WaitingEntry {
  /** Settled when it is known what becomes of the entry. */
  readonly outcome: Promise<void>;
  /** Whether that is known: then nobody waits for this any longer. */
  isOver = false;
  private readonly resolvers = Promise.withResolvers<void>();
  private limit: NodeJS.Timeout | undefined;

  /** @param isLent whoever brought it has it still, and learns when it is not kept */
  constructor(
    readonly entry: LogEntry,
    readonly isLent: boolean,
  ) {
    this.outcome = this.resolvers.promise;
  }

  /** Calls back when nothing is known of the entry after so many ms. */
  limitTo(ms: number, onLate: () => void): void {
    this.limit = setTimeout(onLate, ms);
  }

  kept(): void {
    this.end();
    this.resolvers.resolve();
  }

  refused(fault: Error): void {
    this.end();
    this.resolvers.reject(fault);
  }

  /** Not now. Whoever brought it may bring it again. */
  notKept(): void {
    this.refused(unavailable('the entry can not be kept now: bring it again later'));
  }

  private end(): void {
    this.isOver = true;
    clearTimeout(this.limit);
  }
}
