import type { Caller } from '@shop/shared/auth/caller';
import type { GraphqlContext } from '@shop/shared/graphql/context';
import DataLoader from 'dataloader';
import type { Cart, CartItem } from '../domain/cart.js';
import type { CartStore } from '../persistence/cart.store.js';

/** One request's loaders, a statement each for any number of keys. What is not the caller's is absent. */
export interface CartLoaders {
  readonly cart: DataLoader<number, Cart | null>;
  readonly item: DataLoader<number, CartItem | null>;
}

export type CartContext = GraphqlContext<CartLoaders>;

export function cartLoaders(carts: CartStore, caller: Caller | null): CartLoaders {
  return {
    cart: new DataLoader(async (ids) => {
      const own = await carts.findMany(ids.filter((id) => String(id) === caller?.userId));
      return ids.map((id) => own.find(({ userId }) => userId === id) ?? null);
    }),
    item: new DataLoader(async (ids) => {
      const found = await carts.findItems(ids);
      const own = found.filter(({ userId }) => String(userId) === caller?.userId);
      return ids.map((id) => own.find((item) => item.id === id) ?? null);
    }),
  };
}
