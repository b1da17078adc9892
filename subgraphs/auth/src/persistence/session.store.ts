import type { Database, EntityManager } from '@shop/shared/persistence/database';
import { rowsOf, writtenBy } from '@shop/shared/persistence/statements';
import { RefreshTokenRecord, SessionRecord } from './session.record.js';
import type { RefreshToken, Session } from '../domain/session.js';

export interface NewRefreshToken {
  readonly hash: string;
  readonly sessionId: string;
  readonly expiresAt: Date;
}

/** How many ends are read at once. */
const ENDS = 5_000;

export class SessionStore {
  constructor(private readonly database: Database) {}

  /** Whose refresh token it is, and of which session; null for a token nobody was given. */
  async ownerOf(hash: string): Promise<{ userId: number; sessionId: string } | null> {
    const [row] = await rowsOf<{ user_id: string; session_id: string }>(
      this.database,
      `select s.user_id, t.session_id from refresh_tokens t join sessions s on s.id = t.session_id where t.hash = ?`,
      [hash],
    );
    return row ? { userId: Number(row.user_id), sessionId: row.session_id } : null;
  }

  /** A session and one of its tokens, locked. Null when they are gone. */
  async lock(em: EntityManager, sessionId: string, hash: string): Promise<(Session & { token: RefreshToken }) | null> {
    await rowsOf(em, 'select 1 from sessions where id = ? for update', [sessionId]);
    const session = await em.findOne(SessionRecord, { id: sessionId });
    const token = await em.findOne(RefreshTokenRecord, { hash, sessionId });
    if (!session || !token) return null;
    const { usedAt, expiresAt } = token;
    return { endedAt: session.endedAt ?? null, token: { usedAt: usedAt ?? null, expiresAt } };
  }

  /** A session as it is now; null when it is gone. */
  async find(em: EntityManager, sessionId: string): Promise<Session | null> {
    const session = await em.findOne(SessionRecord, { id: sessionId });
    return session && { endedAt: session.endedAt ?? null };
  }

  /** Whether a session is over: it has ended, or all of its tokens have expired. */
  async isOver(sessionId: string): Promise<boolean> {
    const going = await rowsOf(this.database, 'select 1 from sessions where id = ? and ended_at is null', [sessionId]);
    return going.length === 0;
  }

  /**
   * The ids of the sessions that ended after a time, in that order: the first 5000, and whatever ended together with the
   * last of these. `last` is when that was, null when there are no more.
   */
  async endedAfter(time: Date): Promise<{ ended: string[]; last: Date | null }> {
    const rows = await rowsOf<{ id: string; at: string }>(
      this.database,
      `select id, floor(extract(epoch from ended_at) * 1000)::bigint as at from sessions where ended_at > ?
       order by ended_at fetch first ${ENDS} rows with ties`,
      [time],
    );
    const last = rows.at(-1);
    return {
      ended: rows.map(({ id }) => id),
      last: last && rows.length >= ENDS ? new Date(Number(last.at)) : null,
    };
  }

  /** Opens a session of a user, and forgets those that nobody can use any more. */
  async open(em: EntityManager, userId: number, sessionId: string, expiresAt: Date, now: Date): Promise<void> {
    await writtenBy(em, 'delete from sessions where user_id = ? and expires_at <= ?', [userId, now]);
    await writtenBy(em, 'insert into sessions (id, user_id, created_at, expires_at) values (?, ?, ?, ?)', [
      sessionId,
      userId,
      now,
      expiresAt,
    ]);
  }

  async addToken(em: EntityManager, { hash, sessionId, expiresAt }: NewRefreshToken): Promise<void> {
    await writtenBy(em, 'insert into refresh_tokens (hash, session_id, expires_at) values (?, ?, ?)', [
      hash,
      sessionId,
      expiresAt,
    ]);
  }

  /** Marks a token as used, moves the time at which the session's last token expires, and forgets the session's tokens that have expired. */
  async rotate(em: EntityManager, sessionId: string, usedHash: string, expiresAt: Date, now: Date): Promise<void> {
    await writtenBy(em, 'update refresh_tokens set used_at = ? where hash = ?', [now, usedHash]);
    await writtenBy(em, 'update sessions set expires_at = ? where id = ?', [expiresAt, sessionId]);
    await writtenBy(em, 'delete from refresh_tokens where session_id = ? and expires_at <= ?', [sessionId, now]);
  }

  async end(em: EntityManager, sessionId: string): Promise<void> {
    await this.endWhere(em, 'id = ?', sessionId);
  }

  async endAllOf(em: EntityManager, userId: number): Promise<void> {
    await this.endWhere(em, 'user_id = ?', userId);
  }

  /**
   * Dated by the database, once nothing has to be waited for any more: whoever asks for ends goes on from their times, so
   * none may be committed long after its own. To the millisecond, as they are asked for.
   */
  private async endWhere(em: EntityManager, condition: string, value: string | number): Promise<void> {
    const going = `${condition} and ended_at is null`;
    await rowsOf(em, `select 1 from sessions where ${going} order by id for update`, [value]);
    const time = "date_trunc('milliseconds', clock_timestamp())";
    await writtenBy(em, `update sessions set ended_at = ${time} where ${going}`, [value]);
  }
}
