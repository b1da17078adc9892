import type { Transactions } from '@shop/shared/delivery/transactions';
import { registration } from '../domain/account-rules.js';
import { hashPassword } from '../passwords/password-hasher.js';
import type { UserStore } from '../persistence/user.store.js';

/** Makes the administrator unless the email has a user. Several processes may do so at once; one of them makes it. */
export class SeedAdmin {
  constructor(
    private readonly transactions: Transactions,
    private readonly users: UserStore,
  ) {}

  /** Whether it made one. */
  async run(email: string, password: string, now: Date): Promise<boolean> {
    const admin = registration({ email, password, username: 'admin' });
    if (await this.users.accountByLogin({ email: admin.email })) return false;
    const passwordHash = await hashPassword(admin.password);
    // Somebody may have registered as "admin" before there was one.
    for (const username of ['admin', `admin${now.getTime()}`]) {
      const user = { email: admin.email, username, passwordHash, role: 'ADMIN' } as const;
      const outcome = await this.transactions.run(({ em }) => this.users.insert(em, user, now));
      if (outcome !== 'username taken') return outcome !== 'email taken';
    }
    throw new Error('no username is free for the administrator');
  }
}
