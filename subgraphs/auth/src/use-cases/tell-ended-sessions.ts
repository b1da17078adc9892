import { type SessionNews, sessionMark } from '@shop/shared/auth/session-news';
import type { SessionStore } from '../persistence/session.store.js';

/**
 * Who asks goes on from a minute before: an end is dated within its transaction, once that has all it waits for, and is seen
 * once it is committed, which can take as long as a transaction may hang; and our clock may differ from the database's.
 */
const OVERLAP_MS = 60_000;

/** No end is later, by the database's clock. */
const latest = (now: Date) => now.getTime() + OVERLAP_MS;

/**
 * Tells which sessions ended of late: those of which an access token may still be about. Anybody may know, for no id is
 * told, only what whoever has a token of the session can make of its.
 */
export class TellEndedSessions {
  constructor(
    private readonly sessions: SessionStore,
    private readonly tokenLifetimeSeconds: number,
  ) {}

  /**
   * `since` is the last answer's `next`, in milliseconds; without it all is told, from the oldest on. `after` is where the
   * page before ended: whoever turns pages is given no overlap, else more ends than a page within it had no end.
   */
  async run(asked: { since?: number | undefined; after?: number | undefined }, now: Date): Promise<SessionNews> {
    const soon = now.getTime() - OVERLAP_MS;
    const oldest = soon - this.tokenLifetimeSeconds * 1_000;
    const from = Math.min(asked.after ?? asked.since ?? oldest, asked.after === undefined ? soon : latest(now));
    const { ended, last } = await this.sessions.endedAfter(new Date(Math.max(from, oldest)));
    return {
      ended: ended.map(sessionMark),
      next: soon,
      after: last && last.getTime(),
      remember_s: this.tokenLifetimeSeconds + OVERLAP_MS / 1_000,
    };
  }
}
