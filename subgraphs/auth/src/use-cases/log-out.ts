import type { Caller } from '@shop/shared/auth/caller';
import type { Transactions } from '@shop/shared/delivery/transactions';
import type { SessionStore } from '../persistence/session.store.js';

/** Ends the session that the caller's token came from, and with it the token; all sessions, where that is not known. */
export class LogOut {
  constructor(
    private readonly transactions: Transactions,
    private readonly sessions: SessionStore,
  ) {}

  async run(caller: Caller): Promise<void> {
    const { sessionId, userId } = caller;
    await this.transactions.run(async ({ em }) =>
      sessionId ? this.sessions.end(em, sessionId) : this.sessions.endAllOf(em, Number(userId)),
    );
  }
}
