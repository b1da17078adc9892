import type { VersionedEntry } from '@shop/shared/backing/ports';
import { z } from 'zod';
import type { Product } from '../domain/product.js';

/** A product as the cache holds it. The number in the key changes with this shape. */
const cached = z.object({
  id: z.number(),
  name: z.string(),
  description: z.string().nullable(),
  price: z.number(),
  stock: z.number(),
  createdAt: z.coerce.date(),
  updatedAt: z.coerce.date(),
});

/** A page of a list as the cache holds it: none of its products is deleted. */
const cachedPage = z.array(cached.extend({ version: z.number() }));

/** Entries outlive what Redis may have missed by this much at most. */
export const CACHE_TTL_S = 600;

export const cacheKey = (id: number) => `products:1:${id}`;

/** A deleted product is a tombstone: an older version can't come back over it. */
export function toEntry(product: Product): VersionedEntry {
  const { version, deleted, ...rest } = product;
  return { version, value: deleted ? null : JSON.stringify(rest) };
}

/** The product of an entry; null for a deleted one, undefined for what is no entry of ours. */
export function fromEntry({ version, value }: VersionedEntry): Product | null | undefined {
  if (value === null) return null;
  const product = read(cached, value);
  return product && { ...product, version, deleted: false };
}

export function toPageText(page: readonly Product[]): string {
  return JSON.stringify(page.map(({ deleted: _, ...rest }) => rest));
}

/** The page of a text; undefined for what is none of ours. */
export function pageFrom(text: string): Product[] | undefined {
  return read(cachedPage, text)?.map((product) => ({ ...product, deleted: false }));
}

/** What a text of the cache says; undefined for one that is not of this shape. */
function read<Shape>(shape: z.ZodType<Shape>, text: string): Shape | undefined {
  try {
    return shape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** What the outbox asks of the cache. */
export const cacheRefresh = z.object({ key: z.string(), version: z.number().int(), value: z.string().nullable() });

export function toCacheRefresh(product: Product): z.output<typeof cacheRefresh> {
  return { key: cacheKey(product.id), ...toEntry(product) };
}
