import type { Transactions } from '@shop/shared/delivery/transactions';
import { conflict } from '@shop/shared/errors/app-error';
import { answerTo, type CheckoutItem } from '../domain/checkout.js';
import type { CartStore } from '../persistence/cart.store.js';
import type { CheckoutStore } from '../persistence/checkout.store.js';

/** Takes what is in a cart for an order, and empties it, in one step that can be repeated. */
export class TakeCheckout {
  constructor(
    private readonly transactions: Transactions,
    private readonly checkouts: CheckoutStore,
    private readonly carts: CartStore,
    private readonly now: () => Date,
  ) {}

  /** The same uuid: the same answer, an empty one included. Throws CONFLICT for a checkout that ended. */
  run(orderUuid: string, userId: number): Promise<readonly CheckoutItem[]> {
    return this.transactions.run(async ({ em, note }) => {
      const locked = await this.checkouts.lock(em, orderUuid, userId);
      if (locked.userId !== userId) throw conflict("this checkout is somebody else's");
      const answer = answerTo(locked.checkout);
      if (answer) return answer;
      await this.carts.lock(em, userId);
      const items = await this.carts.take(em, userId);
      await this.checkouts.note(em, locked, { state: 'taken', items }, this.now());
      if (items.length > 0) note('checkout taken', orderUuid);
      return items;
    });
  }
}
