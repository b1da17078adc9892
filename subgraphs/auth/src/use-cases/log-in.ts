import type { Transactions } from '@shop/shared/delivery/transactions';
import { unauthenticated } from '@shop/shared/errors/app-error';
import type { Credentials, IssueCredentials } from './issue-credentials.js';
import { type Tries, triesAt } from './tries.js';
import { loginKey } from '../domain/account-rules.js';
import { isOutdated } from '../passwords/password-hasher.js';
import type { PasswordWork } from '../passwords/password-work.js';
import type { Account, UserStore } from '../persistence/user.store.js';

/**
 * Signs in by email or username, in any case. UNAUTHENTICATED `invalid credentials`, in the same words and after the
 * same time, for an unknown user, a wrong password and a deactivated user; RATE_LIMITED past the limit of the address or
 * of the account, or when too many passwords wait to be looked at.
 */
export class LogIn {
  constructor(
    private readonly transactions: Transactions,
    private readonly users: UserStore,
    private readonly credentials: IssueCredentials,
    private readonly tries: Tries,
    private readonly passwords: PasswordWork,
  ) {}

  async run(login: string, password: string, clientAddress: string, now: Date): Promise<Credentials> {
    const key = loginKey(login);
    await this.tries.from(clientAddress);
    let account = key && (await this.users.accountByLogin(key));
    const guessed = account ? triesAt(account) : key;
    if (guessed) await this.tries.at(guessed, clientAddress, now);
    for (;;) {
      const fits = await this.passwords.fits(password, account?.passwordHash, clientAddress);
      if (!account || !fits) throw unauthenticated('invalid credentials');
      const credentials = await this.openSession(account, now);
      if (credentials) {
        await this.tries.right(triesAt(account), clientAddress, now);
        await this.renewHash(account, password, clientAddress);
        return credentials;
      }
      // Another hash now: it may be that of the same password. Nothing is locked while that is found out.
      account = await this.users.accountById(account.id);
    }
  }

  /** Null when the hash that the password fits is not the account's any more. */
  private openSession({ id, passwordHash }: Account, now: Date): Promise<Credentials | null> {
    return this.transactions.run(async ({ em }) => {
      // Locked, so that a change of password or role, or a deactivation, either sees this session or stops it.
      const current = await this.users.lock(em, id, 'share');
      if (!current?.active) throw unauthenticated('invalid credentials');
      return current.passwordHash === passwordHash ? this.credentials.forNewSession(em, current, now) : null;
    });
  }

  /** Here alone is the password known, so that a hash by earlier parameters can be replaced. */
  private async renewHash({ id, passwordHash }: Account, password: string, clientAddress: string): Promise<void> {
    if (!isOutdated(passwordHash)) return;
    const renewed = await this.passwords.hash(password, clientAddress);
    await this.transactions.run(({ em }) => this.users.replaceHash(em, id, passwordHash, renewed));
  }
}
