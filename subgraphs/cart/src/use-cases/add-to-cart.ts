import type { EditCart } from './edit-cart.js';
import type { KnowProduct } from './know-product.js';
import { add, type Cart, checkQuantity, productNotFound } from '../domain/cart.js';
import type { CartStore } from '../persistence/cart.store.js';

/** Puts a product into a cart, on top of what is there of it. */
export class AddToCart {
  constructor(
    private readonly editCart: EditCart,
    private readonly carts: CartStore,
    private readonly knowProduct: KnowProduct,
  ) {}

  /** Throws `product not found`, `insufficient stock`, and 503 for a product that can't be asked for now. */
  async run(userId: number, productId: number, quantity: number): Promise<Cart> {
    checkQuantity(quantity);
    const product = await this.knowProduct.run(productId);
    if (!product) throw productNotFound();
    return this.editCart.run(userId, (em, cart) =>
      this.carts.setQuantity(em, userId, productId, add(cart, product, quantity)),
    );
  }
}
