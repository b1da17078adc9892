import { bearerToken, type Caller } from '@shop/shared/auth/caller';
import { endOfRight, onEndOfRight } from '@shop/shared/auth/end-of-right';
import { RemoteTokenVerifier } from '@shop/shared/auth/token-verifier';
import type { AppError } from '@shop/shared/errors/app-error';
import type { Component } from '@shop/shared/lifecycle/system';
import type { Logger } from '@shop/shared/logging/logger';
import type { GatewayConfig } from './config.js';

/** Who sent an operation. */
export interface Identity {
  /** Null: nobody, or a token that is not ours to verify. */
  readonly caller: Caller | null;
  /** What the subgraphs are shown, so that each can verify it again. */
  readonly authorization: string | null;
}

const nobody: Identity = Object.freeze({ caller: null, authorization: null });

/** Turns an Authorization header into an identity, and says when that one ends. */
export class Identities implements Component {
  readonly name = 'identities';
  private readonly verifier: RemoteTokenVerifier | null;

  constructor(tokens: GatewayConfig['tokens'], logger: Logger) {
    this.verifier = tokens && new RemoteTokenVerifier(tokens, logger);
  }

  async start(): Promise<void> {
    await this.verifier?.start();
  }

  async stop(): Promise<void> {
    await this.verifier?.stop();
  }

  /** Throws UNAUTHENTICATED for a bad token (it is never taken for nobody), SUBGRAPH_UNAVAILABLE while auth can't be asked. */
  async identify(header: string | undefined): Promise<Identity> {
    if (!this.verifier) return { caller: null, authorization: header ?? null };
    const token = bearerToken(header);
    if (token === null) return nobody;
    return { caller: await this.verifier.verify(token), authorization: `Bearer ${token}` };
  }

  /**
   * For a connection that outlives the request it began with. Throws UNAUTHENTICATED once its token has expired, its session
   * has ended, or its key was withdrawn.
   */
  assertLasting({ caller }: Identity): void {
    const reason = caller && this.verifier && endOfRight(caller, this.verifier.grounds, Date.now());
    if (reason) throw reason;
  }

  /** Calls back once that is so, with the reason. Returns how to stop waiting for it. */
  onEnd({ caller }: Identity, onEnd: (reason: AppError) => void): () => void {
    return caller && this.verifier ? onEndOfRight(caller, this.verifier.grounds, onEnd) : () => undefined;
  }
}
