import type { Received } from '@shop/shared/delivery/inbox';
import type { Transactions } from '@shop/shared/delivery/transactions';
import type { Logger } from '@shop/shared/logging/logger';
import { abandon } from '../domain/checkout.js';
import type { CartStore } from '../persistence/cart.store.js';
import type { CheckoutStore } from '../persistence/checkout.store.js';

/** Ends a checkout that never becomes an order: gives back what it took, or leaves word that it may take nothing. */
export class AbandonCheckout {
  constructor(
    private readonly transactions: Transactions,
    private readonly checkouts: CheckoutStore,
    private readonly carts: CartStore,
    private readonly now: () => Date,
    private readonly logger: Pick<Logger, 'error'>,
  ) {}

  async run(orderUuid: string, userId: number, cause: Received): Promise<void> {
    await this.transactions.runOnce(cause, async ({ em, note, afterCommit }) => {
      const locked = await this.checkouts.lock(em, orderUuid, userId);
      const { checkout, giveBack } = abandon(locked.checkout);
      await this.checkouts.note(em, locked, checkout, this.now());
      if (giveBack.length === 0) return;
      await this.carts.lock(em, locked.userId);
      for (const { productId, quantity } of await this.carts.giveBack(em, locked.userId, giveBack)) {
        const fields = { order_uuid: orderUuid, product_id: productId, quantity };
        afterCommit(() => this.logger.error(fields, 'the cart is too full to take back all of a checkout'));
      }
      note('checkout given back', orderUuid);
    });
  }
}
