import type { EditCart } from './edit-cart.js';
import { type Cart, change, checkQuantity, itemOf, productNotFound } from '../domain/cart.js';
import type { CartStore } from '../persistence/cart.store.js';
import type { ProductSnapshotStore } from '../persistence/product-snapshot.store.js';

/** Sets how many of an item a cart holds. */
export class UpdateCartItem {
  constructor(
    private readonly editCart: EditCart,
    private readonly carts: CartStore,
    private readonly products: ProductSnapshotStore,
  ) {}

  /** Throws NOT_FOUND for an item that is not in this user's cart, and `insufficient stock`. */
  async run(userId: number, itemId: number, quantity: number): Promise<Cart> {
    checkQuantity(quantity);
    return this.editCart.run(userId, async (em, cart) => {
      const { productId } = itemOf(cart, itemId, 'item not found in cart');
      const product = await this.products.find(productId, em);
      if (!product) throw productNotFound();
      await this.carts.setQuantity(em, userId, productId, change(cart, product, quantity));
    });
  }
}
