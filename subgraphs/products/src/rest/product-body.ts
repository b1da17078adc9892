import { z } from 'zod';
import { MAX_AMOUNT } from '@shop/shared/money/amount';
import { MAX_NAME, MAX_STOCK, type Product } from '../domain/product.js';

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

/** The domain says in its own words what is out of bounds. */
const whole = { type: 'integer' };
const draft = z.object({
  name: z.string().meta({ minLength: 1, maxLength: MAX_NAME }),
  price: z.number().meta({ ...whole, minimum: 1, maximum: MAX_AMOUNT }),
  stock: z.number().meta({ ...whole, minimum: 0, maximum: MAX_STOCK }),
});

/** One product, or several at once. */
export const createBody = z
  .union([z.array(draft), draft], { error: 'the body must be a product {name, price, stock} or an array of them' })
  .meta({
    examples: [
      { name: 'Cà phê Arabica Cầu Đất 500g', price: 165_000, stock: 40 },
      [
        { name: 'Trà sen Tây Hồ 100g', price: 320_000, stock: 12 },
        { name: 'Phin nhôm', price: 45_000, stock: 200 },
      ],
    ],
  });

/** What is absent stays. */
export const updateBody = draft.partial().meta({ examples: [{ price: 150_000 }] });
