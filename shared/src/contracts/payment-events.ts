import { z } from 'zod';
import { fields } from './fields.js';
import { defineEvent } from '../messaging/define-event.js';

/** The charge succeeded. */
export const orderPaid = defineEvent(
  'order_exchange',
  'order.paid',
  z.object({
    correlation_id: fields.orderUuid,
    order_uuid: fields.orderUuid,
    payment_id: fields.id,
    amount: fields.amount,
    currency: fields.currency,
    status: z.literal('succeeded'),
    timestamp: fields.time,
  }),
  'payment taken',
);

/** The provider declined. */
export const paymentFailed = defineEvent(
  'order_exchange',
  'payment.failed',
  z.object({
    correlation_id: fields.orderUuid,
    order_uuid: fields.orderUuid,
    reason: fields.text,
    status: z.literal('failed'),
    timestamp: fields.time,
  }),
  'payment failed',
);

/** The payment of a cancelled order went back. */
export const paymentRefunded = defineEvent(
  'order_exchange',
  'payment.refunded',
  z.object({
    order_uuid: fields.orderUuid,
    user_id: fields.id,
    email: fields.email,
    payment_id: fields.id,
    amount: fields.amount,
    currency: fields.currency,
  }),
  'payment refunded',
);
