import type { Transactions } from '@shop/shared/delivery/transactions';
import type { EntityManager } from '@shop/shared/persistence/database';
import type { Cart } from '../domain/cart.js';
import type { CartStore } from '../persistence/cart.store.js';

/** What every edit of a cart is: one transaction that holds the cart's lock from its first read to its end. */
export class EditCart {
  constructor(
    private readonly transactions: Transactions,
    private readonly carts: CartStore,
  ) {}

  /** The cart after the edit. */
  async run(userId: number, edit: (em: EntityManager, cart: Cart) => Promise<void>): Promise<Cart> {
    const after = await this.transactions.run(async ({ em }) => {
      await this.carts.lock(em, userId);
      await edit(em, await this.carts.read(em, userId));
      return this.carts.readLater(em, userId);
    });
    return after();
  }
}
