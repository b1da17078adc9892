import { randomUUID } from 'node:crypto';
import { logEntry, type ReceivedEntry } from '../domain/log-entry.js';
import type { SinkFeed } from '../sinks/sink-feed.js';

/** Where entries go: the one that searches them, and those that only pass them on. */
export interface Feeds {
  readonly database: SinkFeed;
  readonly others: readonly SinkFeed[];
}

interface Terms {
  /** The entry's own id, a uuid; one that comes again under it is kept once. */
  readonly id?: string;
  /** How long whoever brings the entry, and has it until this is settled, waits: see `SinkFeed.take`. */
  readonly withinMs?: number;
}

/** Takes an entry, whichever door it came by, and gives it to every sink. */
export class KeepEntry {
  constructor(
    private readonly feeds: Feeds,
    private readonly now: () => Date,
  ) {}

  /**
   * Resolves when the entry is committed. Rejects as `SinkFeed.take` does when the database does not keep it. The other
   * sinks are never waited for.
   */
  async run(received: ReceivedEntry, { id = randomUUID(), withinMs }: Terms = {}): Promise<void> {
    const entry = logEntry(id, received, this.now());
    for (const feed of this.feeds.others) feed.take(entry).catch(() => undefined);
    await this.feeds.database.take(entry, withinMs);
  }
}
