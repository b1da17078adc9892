import type { Transactions } from '@shop/shared/delivery/transactions';
import { AppError, unauthenticated } from '@shop/shared/errors/app-error';
import type { Credentials, IssueCredentials } from './issue-credentials.js';
import { loginKey } from '../domain/account-rules.js';
import type { AttemptWindow } from '../domain/attempt-window.js';
import { passwordFits } from '../passwords/password-hasher.js';
import type { UserStore } from '../persistence/user.store.js';

/**
 * Signs in by email or username, in any case. UNAUTHENTICATED `invalid credentials`, in the same words and after the
 * same time, for an unknown user, a wrong password and a deactivated user; RATE_LIMITED past the limit of the address.
 */
export class LogIn {
  constructor(
    private readonly transactions: Transactions,
    private readonly users: UserStore,
    private readonly credentials: IssueCredentials,
    private readonly attempts: AttemptWindow,
  ) {}

  async run(login: string, password: string, clientAddress: string, now: Date): Promise<Credentials> {
    admitAttempt(this.attempts, clientAddress, now);
    const key = loginKey(login);
    const account = key && (await this.users.accountByLogin(key));
    const fits = await passwordFits(password, account?.passwordHash);
    if (!account || !fits) throw unauthenticated('invalid credentials');
    return this.transactions.run(async ({ em }) => {
      // Locked, so that a change of password or role, or a deactivation, either sees this session or stops it.
      const current = await this.users.lock(em, account.id, 'share');
      if (!current?.active || current.passwordHash !== account.passwordHash)
        throw unauthenticated('invalid credentials');
      return this.credentials.forNewSession(em, current, now);
    });
  }
}

/** Throws RATE_LIMITED when the address has tried too often. */
export function admitAttempt(attempts: AttemptWindow, clientAddress: string, now: Date): void {
  if (!attempts.admit(clientAddress, now.getTime()))
    throw new AppError('RATE_LIMITED', 'too many requests, please try again later');
}
