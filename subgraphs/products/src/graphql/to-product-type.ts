import type { ProductType } from './product.type.js';
import type { Product } from '../domain/product.js';

/** A product as the graph shows one, priced in the shop's currency. */
export function toProductType(product: Product, currency: string): ProductType {
  const { id, name, description, price, stock, version, createdAt, updatedAt } = product;
  const inStock = stock > 0;
  return { id: String(id), name, description, price, currency, stock, inStock, version, createdAt, updatedAt };
}
