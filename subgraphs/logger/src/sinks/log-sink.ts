import type { LogEntry } from '../domain/log-entry.js';

/**
 * Where entries go. Whoever writes one need think of nothing but one batch: what waits, is tried again or is given up, is
 * the feed's affair (`sink-feed.ts`).
 */
export interface LogSink {
  readonly name: string;
  /**
   * Resolves when the whole batch is kept. Throws `Refused` for entries that no retry can mend, once the others of the
   * batch are kept; `TryLater` when it was told how long to wait; whatever else it throws is tried again as well. It is
   * called again only when its last call has ended.
   */
  write(batch: readonly LogEntry[]): Promise<void>;
  /** Lets go of everything. */
  close(): Promise<void>;
}

/** These entries are not taken, now or ever. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    message: string,
    readonly entries: readonly LogEntry[],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Not now: in so many milliseconds. */
export class TryLater extends Error {
  override readonly name = 'TryLater';

  constructor(
    message: string,
    readonly afterMs: number,
  ) {
    super(message);
  }
}
