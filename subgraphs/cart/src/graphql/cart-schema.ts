import { buildSubgraph, type ReferenceResolver } from '@shop/shared/graphql/build-subgraph';
import { numericId } from '@shop/shared/graphql/identifiers';
import { CartResolver } from './cart.resolver.js';
import { CartItemType, CartType } from './cart.type.js';
import type { CartContext } from './loaders.js';
import { permissions } from './permissions.js';
import type { CartUseCases } from '../use-cases/cart-use-cases.js';

/** The cart subgraph: its schema as text, and as what executes. */
export function cartSchema(useCases: CartUseCases, currency: string) {
  const references: Readonly<Record<string, ReferenceResolver>> = {
    Cart: async ({ id }, { loaders }: CartContext) => {
      const userId = numericId(id);
      const cart = userId === null ? null : await loaders.cart.load(userId);
      return cart && new CartType(cart, currency);
    },
    CartItem: async ({ id }, { loaders }: CartContext) => {
      const itemId = numericId(id);
      const item = itemId === null ? null : await loaders.item.load(itemId);
      return item && new CartItemType(item);
    },
  };
  return buildSubgraph({ resolvers: [new CartResolver(useCases, currency)], references, permissions });
}
