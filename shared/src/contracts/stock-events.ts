import { z } from 'zod';
import { fields } from './fields.js';
import { defineEvent } from '../messaging/define-event.js';

/** Products holds everything the order asked for. */
export const stockReserved = defineEvent(
  'order_exchange',
  'stock.reserved',
  z.object({ order_uuid: fields.orderUuid }),
  'stock reserved',
);

/** Products holds nothing for the order: at least one product is short or gone. */
export const stockFailed = defineEvent(
  'order_exchange',
  'stock.failed',
  z.object({
    order_uuid: fields.orderUuid,
    reason: fields.text,
    shortages: z.array(
      z.object({ product_id: fields.id, requested: z.number().int().min(1), available: z.number().int().min(0) }),
    ),
  }),
  'stock could not be reserved',
);
