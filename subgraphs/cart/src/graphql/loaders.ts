import type { Caller } from '@shop/shared/auth/caller';
import type { GraphqlContext } from '@shop/shared/graphql/context';
import { numericId } from '@shop/shared/graphql/identifiers';
import DataLoader from 'dataloader';
import type { Cart, CartItem } from '../domain/cart.js';
import type { CartStore } from '../persistence/cart.store.js';

/** One request's loaders, by GraphQL id, a statement each for any number of keys. What is not the caller's is absent. */
export interface CartLoaders {
  readonly cart: DataLoader<string, Cart | null>;
  readonly item: DataLoader<string, CartItem | null>;
}

export type CartContext = GraphqlContext<CartLoaders>;

export function cartLoaders(carts: CartStore, caller: Caller | null): CartLoaders {
  return {
    cart: new DataLoader(async (ids) => {
      const own = ids.includes(caller?.userId ?? '') ? await carts.findMany([Number(caller?.userId)]) : [];
      return ids.map((id) => own.find(({ userId }) => String(userId) === id) ?? null);
    }),
    item: new DataLoader(async (ids) => {
      const found = await carts.findItems(ids.map(numericId).filter((id) => id !== null));
      const own = found.filter(({ userId }) => String(userId) === caller?.userId);
      return ids.map((id) => own.find((item) => String(item.id) === id) ?? null);
    }),
  };
}
