import type { AddToCart } from './add-to-cart.js';
import type { ClearCart } from './clear-cart.js';
import type { RemoveFromCart } from './remove-from-cart.js';
import type { UpdateCartItem } from './update-cart-item.js';

/** What a user can do to their cart, whichever door they come by. */
export interface CartUseCases {
  readonly addToCart: AddToCart;
  readonly updateCartItem: UpdateCartItem;
  readonly removeFromCart: RemoveFromCart;
  readonly clearCart: ClearCart;
}
