import type { Transactions } from '@shop/shared/delivery/transactions';
import { notFound } from '@shop/shared/errors/app-error';
import type { EntityManager } from '@shop/shared/persistence/database';
import type { Role, User } from '../domain/user.js';
import type { SessionStore } from '../persistence/session.store.js';
import type { Account, UserStore } from '../persistence/user.store.js';

/** What an administrator does to a user; each step ends the user's sessions. NOT_FOUND for a user that is not there. */
export class AdministerUser {
  constructor(
    private readonly transactions: Transactions,
    private readonly users: UserStore,
    private readonly sessions: SessionStore,
  ) {}

  async setRole(userId: number, role: Role, now: Date): Promise<User> {
    return this.change(userId, now, async (em, account) => {
      await this.users.setRole(em, userId, role);
      return { ...account, role };
    });
  }

  /** Keeps the user from signing in, for good. Doing it twice is doing it once. */
  async deactivate(userId: number, now: Date): Promise<User> {
    return this.change(userId, now, async (em, account) => {
      await this.users.deactivate(em, userId, now);
      return { ...account, active: false };
    });
  }

  private change(
    userId: number,
    now: Date,
    step: (em: EntityManager, account: Account) => Promise<User>,
  ): Promise<User> {
    return this.transactions.run(async ({ em }) => {
      const account = await this.users.lock(em, userId, 'update');
      if (!account) throw notFound('user not found');
      const user = await step(em, account);
      await this.sessions.endAllOf(em, userId, now);
      return user;
    });
  }
}
