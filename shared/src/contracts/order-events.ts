import { z } from 'zod';
import { fields, orderItem } from './fields.js';
import { defineEvent } from '../messaging/define-event.js';

const items = z.array(orderItem).min(1);

/** Orders asks for stock and payment. */
export const orderRequested = defineEvent(
  'order_exchange',
  'order.requested',
  z.object({
    correlation_id: fields.orderUuid,
    order_uuid: fields.orderUuid,
    user_id: fields.id,
    email: fields.email,
    total: fields.amount,
    currency: fields.currency,
    items,
  }),
  'order placed',
);

/** Stock is reserved and the payment taken. */
export const orderConfirmed = defineEvent(
  'order_exchange',
  'order.confirmed',
  z.object({
    order_uuid: fields.orderUuid,
    user_id: fields.id,
    email: fields.email,
    total: fields.amount,
    currency: fields.currency,
    items,
  }),
  'order paid',
);

export const cancellationReasons = ['OUT_OF_STOCK', 'PAYMENT_DECLINED', 'CANCELLED_BY_CUSTOMER', 'TIMED_OUT'] as const;

/** The order is cancelled for good: give back what it holds. */
export const orderCancelled = defineEvent(
  'order_exchange',
  'order.cancelled',
  z.object({
    order_uuid: fields.orderUuid,
    user_id: fields.id,
    email: fields.email,
    reason: z.enum(cancellationReasons),
    items,
  }),
  'order cancelled',
);

/** An intent ended without an order: the cart gets its items back. */
export const checkoutAbandoned = defineEvent(
  'order_exchange',
  'checkout.abandoned',
  z.object({ order_uuid: fields.orderUuid, user_id: fields.id }),
  'checkout abandoned',
);
