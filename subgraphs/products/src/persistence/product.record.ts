import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import type { Product } from '../domain/product.js';

export const ProductRecord = defineEntity({
  name: 'ProductRecord',
  tableName: 'products',
  properties: {
    id: p.bigint('number').primary(),
    name: p.text(),
    /** The name as it is sorted and searched. */
    nameKey: p.text(),
    description: p.text().nullable(),
    /** The description as it is searched. */
    descriptionKey: p.text(),
    price: p.bigint('number'),
    stock: p.integer(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    deletedAt: p.datetime().nullable(),
  },
});
export type ProductRow = InferEntity<typeof ProductRecord>;

export function toProduct(row: ProductRow): Product {
  const { id, name, price, stock, version, createdAt, updatedAt } = row;
  const description = row.description ?? null;
  return { id, name, description, price, stock, version, createdAt, updatedAt, deleted: Boolean(row.deletedAt) };
}
