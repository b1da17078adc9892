import type { Caller } from '@shop/shared/auth/caller';
import { tooManyRequests } from '@shop/shared/errors/app-error';
import type { RateLimit } from '@shop/shared/rate-limits/rate-limits';
import { clientKey } from './client-key.js';
import type { Identities, Identity } from './identity.js';

/** How often clients may ask: a user, wherever they are; whoever does not sign in, by the address. */
export class RequestRate {
  constructor(
    private readonly limit: RateLimit,
    private readonly identities: Identities,
  ) {}

  /** Counts one more. Throws RATE_LIMITED, with the time to wait, when that is too many. */
  async count(caller: Caller | null, address: string): Promise<void> {
    const waitMs = await this.limit.take(clientKey(caller, address));
    if (waitMs > 0) throw tooManyRequests(waitMs);
  }

  /**
   * Who shows this Authorization header; a bad one counts for the address, so that nobody goes on guessing. Throws what
   * `Identities.identify` and `count` throw.
   */
  async identify(authorization: string | undefined, address: string): Promise<Identity> {
    try {
      return await this.identities.identify(authorization);
    } catch (error) {
      await this.count(null, address);
      throw error;
    }
  }

  /** The same for a request whose token is for others to judge, in their words: a bad one is nobody's here. */
  async admitUnjudged(authorization: string | undefined, address: string): Promise<void> {
    if (!this.limit.counts) return;
    const identity = await this.identities.identify(authorization).catch(() => null);
    await this.count(identity?.caller ?? null, address);
  }

  /** Both: who asks, counted. */
  async admit(authorization: string | undefined, address: string): Promise<Identity> {
    const identity = await this.identify(authorization, address);
    await this.count(identity.caller, address);
    return identity;
  }
}
