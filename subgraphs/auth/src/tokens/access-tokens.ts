import jwt from 'jsonwebtoken';
import type { SigningKeys } from './signing-keys.js';
import type { User } from '../domain/user.js';

interface AccessTokenOptions {
  readonly keys: SigningKeys;
  readonly issuer: string;
  readonly audience: string;
  readonly lifetimeSeconds: number;
}

/** Signs the tokens by which every service knows its caller: RS256, no secret in them. */
export class AccessTokens {
  constructor(private readonly options: AccessTokenOptions) {}

  get lifetimeSeconds(): number {
    return this.options.lifetimeSeconds;
  }

  /** A token that says who the user is from `now` on. */
  sign(user: User, sessionId: string, now: Date): string {
    const { keys, issuer, audience, lifetimeSeconds } = this.options;
    const { role, email, username } = user;
    const iat = Math.floor(now.getTime() / 1_000);
    return jwt.sign({ role, email, username, sid: sessionId, iat }, keys.privateKey, {
      algorithm: 'RS256',
      keyid: keys.kid,
      subject: String(user.id),
      issuer,
      audience,
      expiresIn: lifetimeSeconds,
    });
  }
}
