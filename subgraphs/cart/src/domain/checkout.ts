import { conflict } from '@shop/shared/errors/app-error';

/** What a checkout took of one product, at the price that the cart showed then. */
export interface CheckoutItem {
  readonly productId: number;
  readonly name: string;
  readonly quantity: number;
  /** In minor units. */
  readonly price: number;
}

type Items = readonly CheckoutItem[];

/** A checkout, kept for good under its order's uuid. */
export type Checkout =
  /** Nothing yet: the row was made a moment ago, in this transaction. */
  | { readonly state: 'new' }
  /** The cart's content is out of the cart and not yet in an order. */
  | { readonly state: 'taken'; readonly items: Items }
  /** It became an order, for good; null where nothing had been asked of this cart. */
  | { readonly state: 'closed'; readonly items: Items | null }
  /** It never becomes an order: what it took is back in the cart. */
  | { readonly state: 'abandoned'; readonly items: Items | null };

/**
 * What to answer to orders: the items that were taken before, or null when the cart has to be taken now. Throws CONFLICT
 * for a checkout that ended.
 */
export function answerTo(checkout: Checkout): Items | null {
  switch (checkout.state) {
    case 'new':
      return null;
    case 'taken':
      return checkout.items;
    case 'closed':
      if (checkout.items) return checkout.items;
      throw conflict('this checkout is closed');
    case 'abandoned':
      throw conflict('this checkout was abandoned');
  }
}

/** The order is requested: what was taken is in it, for good. */
export function close(checkout: Checkout): Checkout {
  switch (checkout.state) {
    case 'new':
      return { state: 'closed', items: null };
    case 'taken':
      return { state: 'closed', items: checkout.items };
    case 'closed':
    case 'abandoned':
      return checkout;
  }
}

/** There will be no order: what was taken goes back, once, unless an order has it. */
export function abandon(checkout: Checkout): { readonly checkout: Checkout; readonly giveBack: Items } {
  switch (checkout.state) {
    case 'new':
      return { checkout: { state: 'abandoned', items: null }, giveBack: [] };
    case 'taken':
      return { checkout: { state: 'abandoned', items: checkout.items }, giveBack: checkout.items };
    case 'closed':
    case 'abandoned':
      return { checkout, giveBack: [] };
  }
}
