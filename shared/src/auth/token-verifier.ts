import type { KeyObject } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { JwksClient, SigningKeyNotFoundError } from 'jwks-rsa';
import { z } from 'zod';
import { unauthenticated, unavailable } from '../errors/app-error.js';
import type { Caller } from './caller.js';

interface TokenVerifierOptions {
  /** Where auth publishes its public keys (RFC 7517). */
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
}

const claims = z.object({
  sub: z.string().regex(/^[1-9]\d{0,15}$/),
  role: z.enum(['CUSTOMER', 'ADMIN']),
  email: z.string(),
  username: z.string(),
  exp: z.number(),
});

/** Verifies access tokens: RS256 alone, by the keys that auth publishes, fetched when a new `kid` is seen. */
export class TokenVerifier {
  private readonly client: JwksClient;
  private readonly keys = new Map<string, KeyObject>();

  constructor(private readonly options: TokenVerifierOptions) {
    this.client = new JwksClient({
      jwksUri: options.jwksUrl,
      timeout: 3_000,
      cache: false,
      rateLimit: true,
      jwksRequestsPerMinute: 30,
    });
  }

  /** The caller that a token proves. UNAUTHENTICATED for a token that proves nothing, 503 when its key can't be had. */
  async verify(token: string): Promise<Caller> {
    const kid = headerOf(token);
    const key = await this.keyFor(kid);
    try {
      const { issuer, audience } = this.options;
      const payload = claims.parse(jwt.verify(token, key, { algorithms: ['RS256'], issuer, audience }));
      const { sub, role, email, username, exp } = payload;
      return { userId: sub, role, email, username, expiresAt: exp };
    } catch (error) {
      throw unauthenticatedBecause(error);
    }
  }

  private async keyFor(kid: string): Promise<KeyObject> {
    const known = this.keys.get(kid);
    if (known) return known;
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

function headerOf(token: string): string {
  const decoded = jwt.decode(token, { complete: true });
  if (decoded?.header.alg !== 'RS256' || typeof decoded.header.kid !== 'string') throw unauthenticated('invalid token');
  return decoded.header.kid;
}

function unauthenticatedBecause(cause: unknown) {
  return Object.assign(unauthenticated('invalid token'), { cause });
}
