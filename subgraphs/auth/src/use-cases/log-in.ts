import type { Transactions } from '@shop/shared/delivery/transactions';
import { unauthenticated } from '@shop/shared/errors/app-error';
import type { Credentials, IssueCredentials } from './issue-credentials.js';
import type { Tries } from './tries.js';
import { loginKey } from '../domain/account-rules.js';
import { hashPassword, isOutdated, passwordFits } from '../passwords/password-hasher.js';
import type { Account, UserStore } from '../persistence/user.store.js';

/**
 * Signs in by email or username, in any case. UNAUTHENTICATED `invalid credentials`, in the same words and after the
 * same time, for an unknown user, a wrong password and a deactivated user; RATE_LIMITED past the limit of the address or
 * of the account.
 */
export class LogIn {
  constructor(
    private readonly transactions: Transactions,
    private readonly users: UserStore,
    private readonly credentials: IssueCredentials,
    private readonly tries: Tries,
  ) {}

  async run(login: string, password: string, clientAddress: string, now: Date): Promise<Credentials> {
    const key = loginKey(login);
    await this.tries.password(clientAddress, key);
    const account = key && (await this.users.accountByLogin(key));
    const fits = await passwordFits(password, account?.passwordHash);
    if (!key || !account || !fits) throw unauthenticated('invalid credentials');
    const credentials = await this.openSession(account, password, now);
    await this.tries.right(key);
    await this.renewHash(account, password);
    return credentials;
  }

  private openSession(account: Account, password: string, now: Date): Promise<Credentials> {
    return this.transactions.run(async ({ em }) => {
      // Locked, so that a change of password or role, or a deactivation, either sees this session or stops it.
      const current = await this.users.lock(em, account.id, 'share');
      const same = current?.passwordHash === account.passwordHash;
      // Another hash may be that of the same password.
      if (!current?.active || !(same || (await passwordFits(password, current.passwordHash))))
        throw unauthenticated('invalid credentials');
      return this.credentials.forNewSession(em, current, now);
    });
  }

  /** Here alone is the password known, so that a hash by earlier parameters can be replaced. */
  private async renewHash({ id, passwordHash }: Account, password: string): Promise<void> {
    if (!isOutdated(passwordHash)) return;
    const renewed = await hashPassword(password);
    await this.transactions.run(({ em }) => this.users.replaceHash(em, id, passwordHash, renewed));
  }
}
