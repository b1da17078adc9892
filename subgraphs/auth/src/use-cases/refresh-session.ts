import type { Transactions } from '@shop/shared/delivery/transactions';
import { unauthenticated } from '@shop/shared/errors/app-error';
import type { Credentials, IssueCredentials } from './issue-credentials.js';
import type { Tries } from './tries.js';
import { decideRefresh } from '../domain/session.js';
import type { SessionStore } from '../persistence/session.store.js';
import type { UserStore } from '../persistence/user.store.js';
import { refreshTokenHash } from '../tokens/refresh-secret.js';

/**
 * New credentials for a refresh token, which is used up by it. One that was used before ends its whole session.
 * UNAUTHENTICATED `invalid refresh token` for every token that gives nothing; RATE_LIMITED in place of it for those that
 * nobody was ever given, after too many of them from one address. Others from there give what they give.
 */
export class RefreshSession {
  constructor(
    private readonly transactions: Transactions,
    private readonly users: UserStore,
    private readonly sessions: SessionStore,
    private readonly credentials: IssueCredentials,
    private readonly tries: Tries,
  ) {}

  async run(refreshToken: string, clientAddress: string, now: Date): Promise<Credentials> {
    const hash = refreshTokenHash(refreshToken);
    const owner = await this.sessions.ownerOf(hash);
    if (!owner) await this.tries.vainRefreshToken(clientAddress);
    const credentials = owner && (await this.rotate(hash, owner.userId, owner.sessionId, now));
    if (!credentials) throw unauthenticated('invalid refresh token');
    return credentials;
  }

  /** Null when the token gives nothing; a session that a stolen token ends is ended by then. */
  private rotate(hash: string, userId: number, sessionId: string, now: Date): Promise<Credentials | null> {
    return this.transactions.run(async ({ em }) => {
      // The user's row before the session's, as everywhere.
      const user = await this.users.lock(em, userId, 'share');
      const session = await this.sessions.lock(em, sessionId, hash);
      if (!user?.active || !session) return null;
      const decision = decideRefresh(session, session.token, now);
      switch (decision.kind) {
        case 'rotate':
          return this.credentials.forNextStep(em, user, sessionId, hash, now);
        case 'end':
          await this.sessions.end(em, sessionId);
          return null;
        case 'refuse':
          return null;
      }
    });
  }
}
