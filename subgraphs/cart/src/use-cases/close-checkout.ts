import type { Received } from '@shop/shared/delivery/inbox';
import type { Transactions } from '@shop/shared/delivery/transactions';
import { close } from '../domain/checkout.js';
import type { CheckoutStore } from '../persistence/checkout.store.js';

/** Ends a checkout whose order is requested: what it took stays taken. */
export class CloseCheckout {
  constructor(
    private readonly transactions: Transactions,
    private readonly checkouts: CheckoutStore,
    private readonly now: () => Date,
  ) {}

  async run(orderUuid: string, userId: number, cause: Received): Promise<void> {
    await this.transactions.runOnce(cause, async ({ em, note }) => {
      const locked = await this.checkouts.lock(em, orderUuid, userId);
      await this.checkouts.note(em, locked, close(locked.checkout), this.now());
      note('checkout closed', orderUuid);
    });
  }
}
