import type { GraphqlContext } from '@shop/shared/graphql/context';
import DataLoader from 'dataloader';
import type { Product } from '../domain/product.js';
import type { ProductReader } from '../persistence/product-reader.js';

export interface ProductLoaders {
  /** Products that are for sale, through the cache. */
  readonly products: DataLoader<number, Product | null>;
}

export type ProductsContext = GraphqlContext<ProductLoaders>;

/** The loaders of one request. */
export function createLoaders(reader: ProductReader): ProductLoaders {
  return { products: new DataLoader(async (ids) => (await reader.byIds(ids)).map(({ product }) => product)) };
}
