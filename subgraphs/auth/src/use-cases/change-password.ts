import type { Caller } from '@shop/shared/auth/caller';
import type { Transactions } from '@shop/shared/delivery/transactions';
import { badInput, unauthenticated } from '@shop/shared/errors/app-error';
import type { Credentials, IssueCredentials } from './issue-credentials.js';
import { type Tries, triesAt } from './tries.js';
import { newPassword } from '../domain/account-rules.js';
import type { PasswordWork } from '../passwords/password-work.js';
import type { SessionStore } from '../persistence/session.store.js';
import type { UserStore } from '../persistence/user.store.js';

/**
 * Changes the caller's password, ends all their sessions and opens a new one. BAD_USER_INPUT for a wrong current
 * password and for a new one that is none. Limited like signing in: a stolen token must not find out the password.
 */
export class ChangePassword {
  constructor(
    private readonly transactions: Transactions,
    private readonly users: UserStore,
    private readonly sessions: SessionStore,
    private readonly credentials: IssueCredentials,
    private readonly tries: Tries,
    private readonly passwords: PasswordWork,
  ) {}

  async run(caller: Caller, current: string, next: string, clientAddress: string, now: Date): Promise<Credentials> {
    const password = newPassword(next, 'new');
    await this.tries.from(clientAddress);
    const account = await this.users.accountById(Number(caller.userId));
    if (!account?.active) throw unauthenticated('invalid token');
    await this.tries.at(triesAt(account), clientAddress, now);
    if (!(await this.passwords.fits(current, account.passwordHash, clientAddress))) throw wrongPassword();
    const passwordHash = await this.passwords.hash(password, clientAddress);
    const credentials = await this.transactions.run(async ({ em }) => {
      const locked = await this.users.lock(em, account.id, 'update');
      if (!locked?.active) throw unauthenticated('invalid token');
      if (locked.passwordHash !== account.passwordHash) throw wrongPassword();
      await this.users.setPassword(em, account.id, passwordHash);
      await this.sessions.endAllOf(em, account.id);
      return this.credentials.forNewSession(em, locked, now);
    });
    await this.tries.right({ userId: account.id, passwordHash }, clientAddress, now);
    return credentials;
  }
}

const wrongPassword = () => badInput('the current password is wrong', 'current');
