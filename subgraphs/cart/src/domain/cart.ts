import { AppError, badInput, notFound } from '@shop/shared/errors/app-error';
import { multiply, shown, sum } from '@shop/shared/money/amount';

/** A product as the cart knows it, by the last version that it has heard of. */
export interface Product {
  readonly id: number;
  readonly name: string;
  /** In minor units. */
  readonly price: number;
  readonly stock: number;
  readonly version: number;
  /** Deleted for good: kept as a tombstone. */
  readonly deleted: boolean;
}

/** One product in somebody's cart, at the price that the product has now. */
export interface CartItem {
  readonly id: number;
  readonly userId: number;
  readonly productId: number;
  readonly name: string;
  readonly quantity: number;
  readonly price: number;
}

/** Everybody has a cart; it may be empty. */
export interface Cart {
  readonly userId: number;
  readonly items: readonly CartItem[];
}

export const MAX_QUANTITY = 10_000;
export const quantityRule = `quantity must be from 1 to ${MAX_QUANTITY}`;
/**
 * What one order can take in one transaction and one event: with names of 200 characters, 5000 products make an event of
 * some 3 MB, and an order of them is decided in seconds.
 */
export const MAX_ITEMS = 5_000;

export const productNotFound = () => new AppError('NOT_FOUND', 'product not found', { status: 400 });

/**
 * How many of a product a cart holds after some were added. Throws for a product that is gone, a stock that is too
 * small, a cart that is full, and a total past what amounts can be.
 */
export function add(cart: Cart, product: Product, quantity: number): number {
  checkQuantity(quantity);
  if (product.deleted) throw productNotFound();
  const held = cart.items.find((item) => item.productId === product.id);
  if (!held && cart.items.length >= MAX_ITEMS) throw badInput(`a cart holds at most ${MAX_ITEMS} different products`);
  return hold(cart, product, (held?.quantity ?? 0) + quantity);
}

/** The same for an item whose quantity is set. */
export function change(cart: Cart, product: Product, quantity: number): number {
  checkQuantity(quantity);
  return hold(cart, product, quantity);
}

/** The item of a cart, or NOT_FOUND in the words of the REST contract. */
export function itemOf(cart: Cart, itemId: number, otherwise: string): CartItem {
  const item = cart.items.find(({ id }) => id === itemId);
  if (!item) throw notFound(otherwise);
  return item;
}

/**
 * In minor units, to be shown. A price that rises may take a cart past the range of amounts: it can still be read, then,
 * and mended; only an order of it is refused.
 */
export const subtotal = ({ price, quantity }: Pick<CartItem, 'price' | 'quantity'>): number => shown(price * quantity);

/** In minor units, to be shown. */
export const total = ({ items }: Cart): number => shown(items.reduce((amount, item) => amount + subtotal(item), 0));

/** How many things are in the cart: an item counts as often as its quantity says. */
export const itemCount = ({ items }: Cart): number => items.reduce((count, { quantity }) => count + quantity, 0);

function hold(cart: Cart, product: Product, quantity: number): number {
  checkQuantity(quantity);
  if (quantity > product.stock) throw badInput('insufficient stock', 'quantity');
  const others = cart.items.filter((item) => item.productId !== product.id);
  sum([...others, { price: product.price, quantity }].map((item) => multiply(item.price, item.quantity)));
  return quantity;
}

/** Throws BAD_USER_INPUT for how many nobody can want, whatever of. */
export function checkQuantity(quantity: number): void {
  if (Number.isInteger(quantity) && quantity >= 1 && quantity <= MAX_QUANTITY) return;
  throw badInput(quantityRule, 'quantity');
}
