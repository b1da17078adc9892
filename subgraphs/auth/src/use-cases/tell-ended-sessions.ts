import { type SessionNews, sessionMark } from '@shop/shared/auth/session-news';
import type { SessionStore } from '../persistence/session.store.js';

/**
 * Who asks goes on from a minute before: a session is ended at the time at which its end was asked for, and is seen once
 * that is committed, which can take as long as a transaction may hang; and two processes' clocks may differ.
 */
const OVERLAP_MS = 60_000;

/**
 * Tells which sessions ended of late: those of which an access token may still be about. Anybody may know, for no id is
 * told, only what whoever has a token of the session can make of its.
 */
export class TellEndedSessions {
  constructor(
    private readonly sessions: SessionStore,
    private readonly tokenLifetimeSeconds: number,
  ) {}

  /** `since` is what the last answer said, in milliseconds; without it all is told, from the oldest on. */
  async run(since: number | undefined, now: Date): Promise<SessionNews> {
    const soon = now.getTime() - OVERLAP_MS;
    const oldest = soon - this.tokenLifetimeSeconds * 1_000;
    const from = new Date(Math.min(Math.max(since ?? oldest, oldest), soon));
    const { ended, last } = await this.sessions.endedAfter(from);
    return {
      ended: ended.map(sessionMark),
      next: last === null ? soon : last.getTime(),
      more: last !== null,
      remember_s: this.tokenLifetimeSeconds + OVERLAP_MS / 1_000,
    };
  }
}
