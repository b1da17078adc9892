import type { Transactions } from '@shop/shared/delivery/transactions';
import { badInput } from '@shop/shared/errors/app-error';
import type { EntityManager } from '@shop/shared/persistence/database';
import type { Credentials, IssueCredentials } from './issue-credentials.js';
import { type Registration, registration } from '../domain/account-rules.js';
import type { User } from '../domain/user.js';
import type { PasswordWork } from '../passwords/password-work.js';
import type { UserStore } from '../persistence/user.store.js';

/**
 * Makes a customer. BAD_USER_INPUT for what is no registration, and for an email or username that is in use; RATE_LIMITED when
 * too many wait.
 */
export class Register {
  constructor(
    private readonly transactions: Transactions,
    private readonly users: UserStore,
    private readonly credentials: IssueCredentials,
    private readonly passwords: PasswordWork,
  ) {}

  /** Without signing in. */
  async run(input: Registration, clientAddress: string, now: Date): Promise<User> {
    const user = await this.checked(input, clientAddress);
    return this.transactions.run(({ em }) => this.insert(em, user, now));
  }

  /** And signs in. */
  async andSignIn(input: Registration, clientAddress: string, now: Date): Promise<Credentials> {
    const user = await this.checked(input, clientAddress);
    return this.transactions.run(async ({ em }) =>
      this.credentials.forNewSession(em, await this.insert(em, user, now), now),
    );
  }

  private async checked(input: Registration, clientAddress: string) {
    const { email, username, password } = registration(input);
    const passwordHash = await this.passwords.hash(password, clientAddress);
    return { email, username, passwordHash, role: 'CUSTOMER' } as const;
  }

  private async insert(em: EntityManager, user: Parameters<UserStore['insert']>[1], now: Date): Promise<User> {
    const outcome = await this.users.insert(em, user, now);
    if (outcome === 'email taken') throw badInput('email already in use', 'email');
    if (outcome === 'username taken') throw badInput('username already in use', 'username');
    return outcome;
  }
}
