import type { Caller } from '@shop/shared/auth/caller';
import { tooManyRequests } from '@shop/shared/errors/app-error';
import { addressKey } from '@shop/shared/rate-limits/address-key';
import type { RateLimit } from '@shop/shared/rate-limits/rate-limits';
import { clientKey } from './client-key.js';
import type { Identities, Identity } from './identity.js';

/**
 * So many times what one user may, all users behind one address together may: as many as an office has that are busy at once.
 * Who makes themselves many accounts gains no more by it.
 */
export const USERS_BEHIND_AN_ADDRESS = 10;

interface RequestLimits {
  /** Of one user, wherever they are, or of one address that nobody signs in from. */
  readonly clients: RateLimit;
  /** Of all users behind one address. */
  readonly addresses: RateLimit;
}

/** How often clients may ask: a user, wherever they are; whoever does not sign in, by the address. */
export class RequestRate {
  constructor(
    private readonly limits: RequestLimits,
    private readonly identities: Identities,
  ) {}

  /** Counts one more, or some. Throws RATE_LIMITED, with the time to wait, when that is too many. */
  async count(caller: Caller | null, address: string, requests = 1): Promise<void> {
    const { clients, addresses } = this.limits;
    refuse(await clients.take(clientKey(caller, address), requests));
    // After the user's own: what is refused takes nothing from others.
    if (caller) refuse(await addresses.take(addressKey(address), requests));
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
    if (!this.limits.clients.counts) return;
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

function refuse(waitMs: number): void {
  if (waitMs > 0) throw tooManyRequests(waitMs);
}
