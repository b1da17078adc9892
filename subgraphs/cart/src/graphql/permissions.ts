import { isAuthenticated } from '@shop/shared/graphql/rules';

/** Who may call; whose cart it is, the loaders and the use-cases check on the rows. */
export const permissions = {
  Query: { cart: isAuthenticated },
  Mutation: {
    addToCart: isAuthenticated,
    updateCartItem: isAuthenticated,
    removeFromCart: isAuthenticated,
    clearCart: isAuthenticated,
  },
  Cart: isAuthenticated,
  CartItem: isAuthenticated,
  Product: isAuthenticated,
};
