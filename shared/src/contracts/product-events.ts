import { z } from 'zod';
import { fields } from './fields.js';
import { defineEvent } from '../messaging/define-event.js';

/** A product as it was at one version of it. */
export const productSnapshot = z.object({
  id: fields.id,
  name: fields.text,
  price: fields.amount,
  stock: z.number().int().min(0),
  version: z.number().int().min(1),
});
export type ProductSnapshot = z.output<typeof productSnapshot>;

export const productCreated = defineEvent('product_exchange', 'product.created', productSnapshot);
export const productUpdated = defineEvent('product_exchange', 'product.updated', productSnapshot);
export const productDeleted = defineEvent('product_exchange', 'product.deleted', productSnapshot);
