import { type Caller, requireCaller } from '@shop/shared/auth/caller';
import type { Transactions } from '@shop/shared/delivery/transactions';
import { notFound } from '@shop/shared/errors/app-error';
import type { EntityManager } from '@shop/shared/persistence/database';
import { checkAdministrator, checkSomebodyAdministers } from '../domain/administration.js';
import type { Role, User } from '../domain/user.js';
import type { SessionStore } from '../persistence/session.store.js';
import type { UserStore } from '../persistence/user.store.js';

interface Change {
  readonly caller: Caller | null;
  readonly userId: number;
  readonly now: Date;
}

/**
 * What an administrator does to a user; each step ends the user's sessions. NOT_FOUND for a user that is not there,
 * CONFLICT for the last administrator, UNAUTHENTICATED or FORBIDDEN for a caller who is none any more.
 */
export class AdministerUser {
  constructor(
    private readonly transactions: Transactions,
    private readonly users: UserStore,
    private readonly sessions: SessionStore,
  ) {}

  async setRole(change: Change, role: Role): Promise<User> {
    return this.change(change, { role }, (em) => this.users.setRole(em, change.userId, role));
  }

  /** Keeps the user from signing in, for good. Doing it twice is doing it once. */
  async deactivate(change: Change): Promise<User> {
    return this.change(change, { active: false }, (em) => this.users.deactivate(em, change.userId, change.now));
  }

  private change(
    { caller, userId }: Change,
    to: Partial<Pick<User, 'role' | 'active'>>,
    write: (em: EntityManager) => Promise<void>,
  ): Promise<User> {
    const { userId: callerId, sessionId } = requireCaller(caller);
    return this.transactions.run(async ({ em }) => {
      const users = await this.users.lockWithAdministrators(em, [Number(callerId), userId]);
      const session = sessionId === undefined ? null : await this.sessions.find(em, sessionId);
      checkAdministrator(users.get(Number(callerId)), session);
      const user = users.get(userId);
      if (!user) throw notFound('user not found');
      const changed = { ...user, ...to };
      checkSomebodyAdministers([...users.set(userId, changed).values()]);
      await write(em);
      await this.sessions.endAllOf(em, userId);
      return changed;
    });
  }
}
