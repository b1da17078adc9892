import { isAdministrator } from '@shop/shared/graphql/rules';
import { allow } from '@shop/shared/graphql/shield';

/** Anyone may look; administrators write. */
export const permissions = {
  Query: { product: allow, products: allow },
  Mutation: { createProducts: isAdministrator, updateProduct: isAdministrator, deleteProduct: isAdministrator },
  Product: allow,
  ProductConnection: allow,
  ProductEdge: allow,
};
