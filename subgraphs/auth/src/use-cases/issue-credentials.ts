import { randomUUID } from 'node:crypto';
import type { EntityManager } from '@shop/shared/persistence/database';
import type { User } from '../domain/user.js';
import type { SessionStore } from '../persistence/session.store.js';
import type { AccessTokens } from '../tokens/access-tokens.js';
import { newRefreshSecret, refreshTokenHash } from '../tokens/refresh-secret.js';

/** What a client goes on with: an access token and, once that has expired, a refresh token for the next one. */
export interface Credentials {
  readonly token: string;
  readonly refreshToken: string;
  /** Seconds from now. */
  readonly expiresIn: number;
  readonly user: User;
}

/** Issues credentials in the caller's transaction, in which the user's row is locked. */
export class IssueCredentials {
  constructor(
    private readonly sessions: SessionStore,
    private readonly accessTokens: AccessTokens,
    private readonly refreshLifetimeSeconds: number,
  ) {}

  /** Opens a session. */
  async forNewSession(em: EntityManager, user: User, now: Date): Promise<Credentials> {
    const sessionId = randomUUID();
    await this.sessions.open(em, user.id, sessionId, this.sessionExpiry(now), now);
    return this.issue(em, user, sessionId, now);
  }

  /** Goes on with a session; the refresh token it comes from is used up. */
  async forNextStep(
    em: EntityManager,
    user: User,
    sessionId: string,
    usedHash: string,
    now: Date,
  ): Promise<Credentials> {
    await this.sessions.rotate(em, sessionId, usedHash, this.sessionExpiry(now), now);
    return this.issue(em, user, sessionId, now);
  }

  private async issue(em: EntityManager, user: User, sessionId: string, now: Date): Promise<Credentials> {
    const refreshToken = newRefreshSecret();
    const expiresAt = after(now, this.refreshLifetimeSeconds);
    await this.sessions.addToken(em, { hash: refreshTokenHash(refreshToken), sessionId, expiresAt });
    const token = this.accessTokens.sign(user, sessionId, now);
    return { token, refreshToken, expiresIn: this.accessTokens.lifetimeSeconds, user };
  }

  /** A session is remembered for as long as there may be a token of it, so that its end can be told. */
  private sessionExpiry(now: Date): Date {
    return after(now, Math.max(this.refreshLifetimeSeconds, this.accessTokens.lifetimeSeconds));
  }
}

const after = (now: Date, seconds: number) => new Date(now.getTime() + seconds * 1_000);
