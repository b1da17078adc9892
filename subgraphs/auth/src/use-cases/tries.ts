import { hash } from 'node:crypto';
import { tooManyRequests } from '@shop/shared/errors/app-error';
import { addressKey } from '@shop/shared/rate-limits/address-key';
import type { RateLimit, RateLimits } from '@shop/shared/rate-limits/rate-limits';
import type { KnownAddressStore } from '../persistence/known-address.store.js';
import type { Account } from '../persistence/user.store.js';

/** Whose password may be guessed: a user, by the hash of the day; or what somebody signs in by whom there is not. */
export type Guessed =
  | { readonly userId: number; readonly passwordHash: string }
  | { readonly email: string }
  | { readonly username: string };

/** A user's account as tries are counted at it. */
export const triesAt = ({ id, passwordHash }: Pick<Account, 'id' | 'passwordHash'>): Guessed => ({
  userId: id,
  passwordHash,
});

const WEEK_MS = 7 * 86_400_000;

/**
 * How often secrets may be tried in a minute: from one address, whatever comes of it, and at one account, as long as it
 * fails. An account is a user, whichever name is typed, or the name that nobody has: a refusal does not tell which.
 *
 * Who guesses at an account from many addresses shuts it for others, but not for its owner where they have signed in within
 * a week: such an address has a count of its own at that account, until its password is another one. Which these are is kept
 * in the database: Redis may forget anything that is not used for some time, as soon as somebody fills it.
 */
export class Tries {
  private readonly byAddress: RateLimit;
  private readonly byAccount: RateLimit;
  private readonly fromKnown: RateLimit;
  private readonly vainTokens: RateLimit;

  /** @param most tries a minute; 0: any number */
  constructor(
    limits: RateLimits,
    private readonly known: KnownAddressStore,
    most: number,
  ) {
    this.byAddress = limits.perMinute('login-address', most);
    this.byAccount = limits.perMinute('login-account', most);
    this.fromKnown = limits.perMinute('login-known', most);
    this.vainTokens = limits.perMinute('refresh-address', most);
  }

  /** Counts a try at a password, before anything is looked at. Throws RATE_LIMITED when there were too many from here. */
  async from(address: string): Promise<void> {
    refuse(await this.byAddress.take(addressKey(address)));
  }

  /**
   * Counts it at the account, before the password is looked at, so that many at once are no more than many in a row. Throws
   * RATE_LIMITED when there were too many.
   */
  async at(guessed: Guessed, address: string, now: Date): Promise<void> {
    if (!this.byAccount.counts) return;
    const here = hereKey(guessed, address);
    const known = await this.known.has(here, now);
    refuse(await (known ? this.fromKnown.take(here) : this.byAccount.take(accountKey(guessed))));
  }

  /** A password was right: what was tried before, as this one was counted, counts no more, and the address is known. */
  async right(guessed: Guessed, address: string, now: Date): Promise<void> {
    if (!this.byAccount.counts) return;
    const here = hereKey(guessed, address);
    const known = await this.known.has(here, now);
    await (known ? this.fromKnown.forget(here) : this.byAccount.forget(accountKey(guessed)));
    await this.known.add(here, new Date(now.getTime() + WEEK_MS), now);
  }

  /** Counts a refresh token that nobody was given. Throws RATE_LIMITED when there were too many from this address. */
  async vainRefreshToken(address: string): Promise<void> {
    refuse(await this.vainTokens.take(addressKey(address)));
  }
}

function refuse(waitMs: number): void {
  if (waitMs > 0) throw tooManyRequests(waitMs);
}

/** Hashed: nobody's email or address need be kept for it. */
const hashed = (...parts: readonly unknown[]): string => hash('sha256', JSON.stringify(parts), 'base64url');

const accountKey = (guessed: Guessed): string => hashed('userId' in guessed ? guessed.userId : guessed);

const hereKey = (guessed: Guessed, address: string): string => hashed(guessed, addressKey(address));
