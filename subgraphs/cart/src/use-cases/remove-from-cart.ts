import type { EditCart } from './edit-cart.js';
import { type Cart, itemOf } from '../domain/cart.js';
import type { CartStore } from '../persistence/cart.store.js';

/** Takes an item out of a cart. */
export class RemoveFromCart {
  constructor(
    private readonly editCart: EditCart,
    private readonly carts: CartStore,
  ) {}

  /** Throws NOT_FOUND for an item that is not in this user's cart. */
  run(userId: number, itemId: number): Promise<Cart> {
    return this.editCart.run(userId, (em, cart) => this.carts.remove(em, itemOf(cart, itemId, 'item not found').id));
  }
}
