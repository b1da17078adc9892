import type { KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { unauthenticated, unavailable } from '../errors/app-error.js';
import { type Component, together } from '../lifecycle/system.js';
import type { Logger } from '../logging/logger.js';
import { TextCache } from '../text/text-cache.js';
import type { Caller } from './caller.js';
import type { Grounds } from './end-of-right.js';
import { EndedSessions } from './ended-sessions.js';
import { PublishedKeys } from './published-keys.js';

interface TokenVerifierOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: KeySource;
  /** Without it a token is good until it expires, whatever has become of its session. */
  readonly hasEnded?: (sessionId: string) => boolean | Promise<boolean>;
}

/** Where a key is found by its `kid`. */
interface KeySource {
  /** Undefined when there is none. Rejects when that can't be known now. */
  find(kid: string): KeyObject | undefined | Promise<KeyObject | undefined>;
}

const claims = z.object({
  sub: z.string().regex(/^[1-9]\d{0,15}$/),
  role: z.enum(['CUSTOMER', 'ADMIN']),
  email: z.string(),
  username: z.string(),
  exp: z.number(),
  // The contract's tokens need not have one. Only who holds auth's key can leave it out, and auth never does.
  sid: z.uuid().optional(),
});

/** What a token proved, by the key of which name. */
interface Proof {
  readonly caller: Caller;
  readonly kid: string;
}

/** Some 1400 tokens. */
const CHARACTERS_REMEMBERED = 1_000_000;

/**
 * Verifies access tokens: RS256 alone, by keys of auth's, of sessions that have not ended. What a token proved is
 * remembered, for its signature takes 100 µs to check; its expiry, key and session are looked at each time.
 */
export class TokenVerifier {
  /** What a caller's right hangs on after they were admitted; null where none of it is published. */
  readonly grounds: Grounds | null = null;
  private readonly proven = new TextCache<Proof>(CHARACTERS_REMEMBERED);

  constructor(private readonly options: TokenVerifierOptions) {}

  /**
   * The caller that a token proves. UNAUTHENTICATED for a token that proves nothing (any more), SUBGRAPH_UNAVAILABLE when
   * its key can't be had, or nobody has told yet whether its session has ended.
   */
  async verify(token: string): Promise<Caller> {
    const caller = (await this.remembered(token)) ?? (await this.prove(token));
    if (caller.sessionId !== undefined && (await this.options.hasEnded?.(caller.sessionId)))
      throw unauthenticated('invalid token');
    return caller;
  }

  private async remembered(token: string): Promise<Caller | null> {
    const proof = this.proven.get(token);
    if (!proof || proof.caller.expiresAt * 1_000 <= Date.now()) return null;
    return (await this.keyFor(proof.kid)) === proof.caller.key ? proof.caller : null;
  }

  private async prove(token: string): Promise<Caller> {
    const kid = keyIdOf(token);
    const key = await this.keyFor(kid);
    const caller = this.callerOf(token, key);
    this.proven.set(token, { caller, kid });
    return caller;
  }

  /** Issuer, audience, expiry and not-before are checked to the second: all clocks are ours. */
  private callerOf(token: string, key: KeyObject): Caller {
    try {
      const { issuer, audience } = this.options;
      const payload = claims.parse(jwt.verify(token, key, { algorithms: ['RS256'], issuer, audience }));
      const { sub, role, email, username, exp, sid } = payload;
      return { userId: sub, role, email, username, expiresAt: exp, sessionId: sid, key, token };
    } catch (error) {
      throw unauthenticatedBecause(error);
    }
  }

  private async keyFor(kid: string): Promise<KeyObject> {
    let key: KeyObject | undefined;
    try {
      key = await this.options.keys.find(kid);
    } catch (error) {
      throw unavailable('the auth service is unavailable', error);
    }
    if (!key) throw unauthenticated('invalid token');
    return key;
  }
}

/** How to know whom a token proves, from what auth publishes. */
export interface PublishedIdentity {
  /** Where its public keys are (RFC 7517). */
  readonly jwksUrl: string;
  /** Where it tells which sessions have ended; without it nobody is asked. */
  readonly sessionsUrl?: string | undefined;
  readonly issuer: string;
  readonly audience: string;
}

/** A verifier by what auth publishes: it is kept up to date from its start to its stop. */
export class RemoteTokenVerifier extends TokenVerifier implements Component {
  readonly name = 'token verifier';
  override readonly grounds: Grounds;
  private readonly parts: Component;

  constructor({ jwksUrl, sessionsUrl, issuer, audience }: PublishedIdentity, logger: Logger) {
    const keys = new PublishedKeys({ url: jwksUrl });
    const ended = sessionsUrl === undefined ? null : new EndedSessions({ url: sessionsUrl, logger });
    super({ issuer, audience, keys, ...(ended && { hasEnded: (sessionId) => ended.hasEnded(sessionId) }) });
    this.grounds = { keys, sessions: ended };
    this.parts = together(keys, ...(ended ? [ended] : []));
  }

  start(): Promise<void> {
    return this.parts.start();
  }

  stop(): Promise<void> {
    return this.parts.stop();
  }
}

/** The verifier of a service that reads the variables of identity. */
export function verifierFor(
  config: {
    readonly AUTH_JWKS_URL: string;
    readonly AUTH_SESSIONS_URL?: string | undefined;
    readonly JWT_ISSUER: string;
    readonly JWT_AUDIENCE: string;
  },
  logger: Logger,
): RemoteTokenVerifier {
  const { AUTH_JWKS_URL: jwksUrl, AUTH_SESSIONS_URL: sessionsUrl, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = config;
  return new RemoteTokenVerifier({ jwksUrl, sessionsUrl, issuer, audience }, logger);
}

/** Which key is said to have signed it. */
function keyIdOf(token: string): string {
  const header = decoded(token)?.header;
  // What a token declares critical has to be understood (RFC 7515, section 4.1.11), and auth declares nothing.
  if (header?.alg !== 'RS256' || typeof header.kid !== 'string' || 'crit' in header)
    throw unauthenticated('invalid token');
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
