import { z } from 'zod';
import { MAX_AMOUNT } from '../money/amount.js';
import { isStorable } from '../text/storable.js';

/** What the events' fields are made of. */
export const fields = {
  orderUuid: z.uuid(),
  /** The REST id: a JSON number. */
  id: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  /** Money in the currency's minor unit. */
  amount: z.number().int().min(0).max(MAX_AMOUNT),
  text: z.string().refine(isStorable),
  currency: z.string().regex(/^[A-Z]{3}$/),
  email: z.string().min(3).max(320).refine(isStorable),
  /** ISO 8601, UTC. */
  time: z.iso.datetime({ offset: true }),
};

/** What one order takes of one product, at the price that the cart showed. */
export const orderItem = z.object({
  product_id: fields.id,
  name: fields.text,
  quantity: z.number().int().min(1),
  price: fields.amount,
});
export type OrderItemBody = z.output<typeof orderItem>;
