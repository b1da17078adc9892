import type { EditCart } from './edit-cart.js';
import type { Cart } from '../domain/cart.js';
import type { CartStore } from '../persistence/cart.store.js';

/** Empties a cart. */
export class ClearCart {
  constructor(
    private readonly editCart: EditCart,
    private readonly carts: CartStore,
  ) {}

  run(userId: number): Promise<Cart> {
    return this.editCart.run(userId, (em) => this.carts.clear(em, userId));
  }
}
