import { buildSubgraph } from '@shop/shared/graphql/build-subgraph';
import { permissions } from './permissions.js';
import { ProductResolver } from './product.resolver.js';
import type { Catalogue } from '../use-cases/catalogue.js';

/** The products subgraph over its use-cases; prices are in `currency`. */
export function buildProductsSubgraph(catalogue: Catalogue, currency: string) {
  const resolver = new ProductResolver(catalogue, currency);
  return buildSubgraph({ resolvers: [resolver], references: { Product: resolver.byKey }, permissions });
}
