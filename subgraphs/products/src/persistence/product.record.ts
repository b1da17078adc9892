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

/** A row as the driver hands it over: bigint and timestamptz come as text. */
export interface RawProductRow {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly price: string;
  readonly stock: number;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
  readonly deleted_at: string | null;
}

/** The same for a row of a statement of our own: lists are read often, and nothing of them is written back. */
export function rawToProduct(row: RawProductRow): Product {
  const { name, description, stock, version } = row;
  return {
    ...{ id: Number(row.id), name, description, price: Number(row.price), stock, version },
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    deleted: row.deleted_at !== null,
  };
}

export function toProduct(row: ProductRow): Product {
  const { id, name, price, stock, version, createdAt, updatedAt } = row;
  const description = row.description ?? null;
  return { id, name, description, price, stock, version, createdAt, updatedAt, deleted: Boolean(row.deletedAt) };
}
