import type { KeyObject } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { JwksClient, SigningKeyNotFoundError } from 'jwks-rsa';
import { z } from 'zod';
import { unauthenticated, unavailable } from '../errors/app-error.js';
import type { Caller } from './caller.js';

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
  private readonly client: JwksClient | undefined;
  private readonly keys: Map<string, KeyObject>;

  constructor(private readonly options: TokenVerifierOptions) {
    this.keys = new Map(options.keys);
    this.client = options.jwksUrl ? keysAt(options.jwksUrl) : undefined;
  }

  /** The caller that a token proves. UNAUTHENTICATED for a token that proves nothing, 503 when its key can't be had. */
  async verify(token: string): Promise<Caller> {
    const kid = headerOf(token);
    const key = await this.keyFor(kid);
    try {
      const { issuer, audience } = this.options;
      const payload = claims.parse(jwt.verify(token, key, { algorithms: ['RS256'], issuer, audience }));
      const { sub, role, email, username, exp, sid } = payload;
      return { userId: sub, role, email, username, expiresAt: exp, sessionId: sid };
    } catch (error) {
      throw unauthenticatedBecause(error);
    }
  }

  private async keyFor(kid: string): Promise<KeyObject> {
    const known = this.keys.get(kid);
    if (known) return known;
    if (!this.client) throw unauthenticated('invalid token');
    try {
      const key = createPublicKey((await this.client.getSigningKey(kid)).getPublicKey());
      this.keys.set(kid, key);
      return key;
    } catch (error) {
      if (error instanceof SigningKeyNotFoundError) throw unauthenticatedBecause(error);
      throw unavailable('the auth service is unavailable', error);
    }
  }
}

function keysAt(jwksUri: string): JwksClient {
  return new JwksClient({ jwksUri, timeout: 3_000, cache: false, rateLimit: true, jwksRequestsPerMinute: 30 });
}

function headerOf(token: string): string {
  const decoded = jwt.decode(token, { complete: true });
  if (decoded?.header.alg !== 'RS256' || typeof decoded.header.kid !== 'string') throw unauthenticated('invalid token');
  return decoded.header.kid;
}

function unauthenticatedBecause(cause: unknown) {
  return Object.assign(unauthenticated('invalid token'), { cause });
}
