import type { Transactions } from '@shop/shared/delivery/transactions';
import { badInput } from '@shop/shared/errors/app-error';
import type { EntityManager } from '@shop/shared/persistence/database';
import type { Credentials, IssueCredentials } from './issue-credentials.js';
import { type Registration, registration } from '../domain/account-rules.js';
import type { User } from '../domain/user.js';
import { hashPassword } from '../passwords/password-hasher.js';
import type { UserStore } from '../persistence/user.store.js';

/** Makes a customer. BAD_USER_INPUT for what is no registration, and for an email or username that is in use. */
export class Register {
  constructor(
    private readonly transactions: Transactions,
    private readonly users: UserStore,
    private readonly credentials: IssueCredentials,
  ) {}

  /** Without signing in. */
  async run(input: Registration, now: Date): Promise<User> {
    const user = await this.checked(input);
    return this.transactions.run(({ em }) => this.insert(em, user, now));
  }

  /** And signs in. */
  async andSignIn(input: Registration, now: Date): Promise<Credentials> {
    const user = await this.checked(input);
    return this.transactions.run(async ({ em }) =>
      this.credentials.forNewSession(em, await this.insert(em, user, now), now),
    );
  }

  private async checked(input: Registration) {
    const { email, username, password } = registration(input);
    return { email, username, passwordHash: await hashPassword(password), role: 'CUSTOMER' } as const;
  }

  private async insert(em: EntityManager, user: Parameters<UserStore['insert']>[1], now: Date): Promise<User> {
    const outcome = await this.users.insert(em, user, now);
    if (outcome === 'email taken') throw badInput('email already in use', 'email');
    if (outcome === 'username taken') throw badInput('username already in use', 'username');
    return outcome;
  }
}
