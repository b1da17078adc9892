import type { CreateProducts } from './create-products.js';
import type { DeleteProduct } from './delete-product.js';
import type { UpdateProduct } from './update-product.js';
import type { PageRequest } from '@shop/shared/graphql/connection';
import type { Product } from '../domain/product.js';
import type { ListPosition, ProductFilter, ProductSort } from '../persistence/product-list.js';
import type { ProductReader } from '../persistence/product-reader.js';
import type { ProductStore } from '../persistence/product.store.js';

/** What both doors offer. */
export interface Catalogue {
  readonly reader: ProductReader;
  readonly store: ProductStore;
  readonly list: (filter: ProductFilter, sort: ProductSort, page: PageRequest<ListPosition>) => Promise<Product[]>;
  readonly create: CreateProducts;
  readonly update: UpdateProduct;
  readonly delete: DeleteProduct;
}
