import { bearerToken, type Caller } from '@shop/shared/auth/caller';
import { TokenVerifier } from '@shop/shared/auth/token-verifier';
import { unauthenticated } from '@shop/shared/errors/app-error';
import type { GatewayConfig } from './config.js';

/** Who sent an operation. */
export interface Identity {
  /** Null: nobody, or a token that is not ours to verify. */
  readonly caller: Caller | null;
  /** What the subgraphs are shown, so that each can verify it again. */
  readonly authorization: string | null;
}

const nobody: Identity = Object.freeze({ caller: null, authorization: null });

/** Turns an Authorization header into an identity. */
export class Identities {
  private readonly verifier: TokenVerifier | null;

  constructor(tokens: GatewayConfig['tokens']) {
    this.verifier = tokens && new TokenVerifier(tokens);
  }

  /** Throws UNAUTHENTICATED for a bad token (it is never taken for nobody), SUBGRAPH_UNAVAILABLE when no key can be had. */
  async identify(header: string | undefined): Promise<Identity> {
    if (!this.verifier) return { caller: null, authorization: header ?? null };
    const token = bearerToken(header);
    if (token === null) return nobody;
    return { caller: await this.verifier.verify(token), authorization: `Bearer ${token}` };
  }
}

/** For a connection that outlives its token. Throws UNAUTHENTICATED once the token has expired. `now` in milliseconds. */
export function assertUnexpired(identity: Identity, now: number): void {
  if (identity.caller && identity.caller.expiresAt * 1_000 <= now) throw tokenExpired();
}

/** How many milliseconds an identity lasts from `now`; null: without end. */
export function lifetimeOf(identity: Identity, now: number): number | null {
  return identity.caller && Math.max(0, identity.caller.expiresAt * 1_000 - now);
}

export const tokenExpired = () => unauthenticated('the token has expired');
