import type { KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { unauthenticated, unavailable } from '../errors/app-error.js';
import type { Caller } from './caller.js';
import { PublishedKeys } from './published-keys.js';

interface TokenVerifierOptions {
  readonly issuer: string;
  readonly audience: string;
  /** Where auth publishes its public keys (RFC 7517). */
  readonly jwksUrl?: string;
  /** Keys that need no fetching, by `kid`: all there are, where no address is given. */
  readonly keys?: ReadonlyMap<string, KeyObject>;
}

const claims = z.object({
  sub: z.string().regex(/^[1-9]\d{0,15}$/),
  role: z.enum(['CUSTOMER', 'ADMIN']),
  email: z.string(),
  username: z.string(),
  exp: z.number(),
  sid: z.string().optional(),
});

/** Verifies access tokens: RS256 alone, by the keys that auth publishes, fetched when a new `kid` is seen. */
export class TokenVerifier {
  private readonly published: PublishedKeys | undefined;

  constructor(private readonly options: TokenVerifierOptions) {
    this.published = options.jwksUrl ? new PublishedKeys(options.jwksUrl) : undefined;
  }

  /** The caller that a token proves. UNAUTHENTICATED for a token that proves nothing, 503 when its key can't be had. */
  async verify(token: string): Promise<Caller> {
    const kid = keyIdOf(token);
    const key = await this.keyFor(kid);
    try {
      const { issuer, audience } = this.options;
      const payload = claims.parse(jwt.verify(token, key, { algorithms: ['RS256'], issuer, audience }));
      const { sub, role, email, username, exp, sid } = payload;
      return { userId: sub, role, email, username, expiresAt: exp, sessionId: sid, token };
    } catch (error) {
      throw unauthenticatedBecause(error);
    }
  }

  private async keyFor(kid: string): Promise<KeyObject> {
    const key = this.options.keys?.get(kid) ?? (await this.publishedKey(kid));
    if (!key) throw unauthenticated('invalid token');
    return key;
  }

  private async publishedKey(kid: string): Promise<KeyObject | undefined> {
    try {
      return await this.published?.find(kid);
    } catch (error) {
      throw unavailable('the auth service is unavailable', error);
    }
  }
}

/** The verifier of a service that reads the variables of identity. */
export function verifierFor(config: {
  readonly AUTH_JWKS_URL: string;
  readonly JWT_ISSUER: string;
  readonly JWT_AUDIENCE: string;
}): TokenVerifier {
  const { AUTH_JWKS_URL: jwksUrl, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = config;
  return new TokenVerifier({ jwksUrl, issuer, audience });
}

/** Which key is said to have signed it. */
function keyIdOf(token: string): string {
  const header = decoded(token)?.header;
  if (header?.alg !== 'RS256' || typeof header.kid !== 'string') throw unauthenticated('invalid token');
  return header.kid;
}

/** jsonwebtoken answers null for most of what is no token, and throws for a payload that is no JSON. */
function decoded(token: string): jwt.Jwt | null {
  try {
    return jwt.decode(token, { complete: true });
  } catch (error) {
    throw unauthenticatedBecause(error);
  }
}

function unauthenticatedBecause(cause: unknown) {
  return Object.assign(unauthenticated('invalid token'), { cause });
}
