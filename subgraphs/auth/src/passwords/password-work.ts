import { availableParallelism } from 'node:os';
import { addressKey } from '@shop/shared/rate-limits/address-key';
import { FairQueue } from './fair-queue.js';
import { hashPassword, passwordFits } from './password-hasher.js';

/**
 * Node gives such work four threads, unless told otherwise; one is left for whatever else needs them. More at once than the
 * machine has processors would only wait, each with its 19 MiB.
 */
const AT_ONCE = Math.max(1, Math.min(3, availableParallelism()));
/** As many as two processors can do in the time that a gateway waits for an answer. */
const MOST_WAITING = 400;

/**
 * The work that passwords make: each hash takes a processor some 25 ms. Checks of passwords and hashes of new ones wait in
 * lanes of their own, so that nobody is kept from signing in by any number of registrations; in each, addresses have turns.
 * Its functions throw RATE_LIMITED when too much waits.
 */
export class PasswordWork {
  private readonly queue = new FairQueue({ atOnce: AT_ONCE, waiting: MOST_WAITING });

  /** The hash of a new password. */
  hash(password: string, address: string): Promise<string> {
    return this.queue.run('new', addressKey(address), () => hashPassword(password));
  }

  /** See `passwordFits`. */
  fits(password: string, stored: string | undefined, address: string): Promise<boolean> {
    return this.queue.run('check', addressKey(address), () => passwordFits(password, stored));
  }
}
