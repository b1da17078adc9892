import { randomUUID } from 'node:crypto';
import { logEntry, type ReceivedEntry } from '../domain/log-entry.js';
import type { SinkFeed } from '../sinks/sink-feed.js';

/** Where entries go: the one that searches them, and those that only pass them on. */
export interface Feeds {
  readonly database: SinkFeed;
  readonly others: readonly SinkFeed[];
}

/** Takes an entry, whichever door it came by, and gives it to every sink. */
export class KeepEntry {
  constructor(
    private readonly feeds: Feeds,
    private readonly now: () => Date,
  ) {}

  /**
   * Resolves when the entry is committed; at once while the database is in trouble, see `SinkFeed.take`. The other sinks
   * are never waited for. Rejects with `Refused` when the database can never take it. An entry that comes again under the
   * same id, a uuid, is kept once.
   */
  async run(received: ReceivedEntry, id: string = randomUUID()): Promise<void> {
    const entry = logEntry(id, received, this.now());
    for (const feed of this.feeds.others) feed.take(entry).catch(() => undefined);
    await this.feeds.database.take(entry);
  }
}
