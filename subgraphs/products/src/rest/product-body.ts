import { z } from 'zod';
import { boundedText, wholeNumber } from '@shop/shared/http/body-fields';
import {
  atLeastOneRule,
  atMostRule,
  MAX_AT_ONCE,
  nameBounds,
  priceBounds,
  type Product,
  removalRule,
  stockBounds,
} from '../domain/product.js';

/** A product as REST clients see it. */
export const productBody = z.object({
  id: z.int().min(1),
  name: z.string(),
  price: z.int().min(1).describe("In the currency's minor unit"),
  stock: z.int().min(0),
  version: z.int().min(1),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

export function toBody({ id, name, price, stock, version, createdAt, updatedAt }: Product) {
  return { id, name, price, stock, version, created_at: createdAt.toISOString(), updated_at: updatedAt.toISOString() };
}

/** @param ifNull what to say of a field that is null, where the domain has a sentence for that */
const fields = (ifNull?: (field: string) => string) =>
  z.object({
    name: boundedText(nameBounds, ifNull?.('name')),
    price: wholeNumber(priceBounds, ifNull?.('price')),
    stock: wholeNumber(stockBounds, ifNull?.('stock')),
  });
const draft = fields();
const drafts = z.array(draft).min(1, atLeastOneRule).max(MAX_AT_ONCE, atMostRule);

/** One product, or several at once. What is wrong is said of the one of both that the body is. */
export const createBody = z.union([drafts, draft], { error: whatIsWrong }).meta({
  examples: [
    { name: 'Cà phê Arabica Cầu Đất 500g', price: 165_000, stock: 40 },
    [
      { name: 'Trà sen Tây Hồ 100g', price: 320_000, stock: 12 },
      { name: 'Phin nhôm', price: 45_000, stock: 200 },
    ],
  ],
});

/** What is absent stays. */
export const updateBody = fields(removalRule)
  .partial()
  .meta({ examples: [{ price: 150_000 }] });

function whatIsWrong({ input, ...issue }: z.core.$ZodRawIssue): string {
  const [ofMany, ofOne] = issue.code === 'invalid_union' ? issue.errors : [];
  const fault = Array.isArray(input) ? ofMany?.[0] : isObject(input) ? ofOne?.[0] : undefined;
  return fault?.message ?? 'the body must be a product {name, price, stock} or an array of them';
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
