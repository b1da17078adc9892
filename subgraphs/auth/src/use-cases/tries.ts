import { hash } from 'node:crypto';
import { tooManyRequests } from '@shop/shared/errors/app-error';
import { addressKey } from '@shop/shared/rate-limits/address-key';
import type { RateLimit, RateLimits } from '@shop/shared/rate-limits/rate-limits';

/** Something whose password may be guessed: what somebody signs in by, or a user who is signed in. */
export type Guessed = { readonly email: string } | { readonly username: string } | { readonly userId: string };

/**
 * How often secrets may be tried in a minute: from one address, whatever comes of it, and at one account, as long as it
 * fails. Accounts are counted by what is typed, whether there is one or not, so that a refusal tells nothing. An account
 * that others try is shut for its owner too, until the minute that began with their first try is over.
 */
export class Tries {
  private readonly byAddress: RateLimit;
  private readonly byAccount: RateLimit;
  private readonly unknownTokens: RateLimit;

  /** @param most tries a minute; 0: any number */
  constructor(limits: RateLimits, most: number) {
    this.byAddress = limits.perMinute('login-address', most);
    this.byAccount = limits.perMinute('login-account', most);
    this.unknownTokens = limits.perMinute('refresh-address', most);
  }

  /**
   * Counts a try at a password before it is looked at, so that many at once are no more than many in a row. Throws
   * RATE_LIMITED when there were too many. `guessed` is null where no account can be meant.
   */
  async password(address: string, guessed: Guessed | null): Promise<void> {
    refuse(await this.byAddress.take(addressKey(address)));
    if (guessed) refuse(await this.byAccount.take(accountKey(guessed)));
  }

  /** A password was right: what was tried at its account before counts no more. */
  async right(guessed: Guessed): Promise<void> {
    await this.byAccount.forget(accountKey(guessed));
  }

  /** Throws RATE_LIMITED when too many refresh tokens that nobody was given came from this address. */
  async refreshToken(address: string): Promise<void> {
    refuse(await this.unknownTokens.wait(addressKey(address)));
  }

  async unknownRefreshToken(address: string): Promise<void> {
    await this.unknownTokens.take(addressKey(address));
  }
}

function refuse(waitMs: number): void {
  if (waitMs > 0) throw tooManyRequests(waitMs);
}

/** Hashed: Redis need not know anybody's email. */
const accountKey = (guessed: Guessed): string => hash('sha256', JSON.stringify(guessed), 'base64url');
