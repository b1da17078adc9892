import { z } from 'zod';
import { multiply } from '@shop/shared/money/amount';
import { cancellationReasons } from '@shop/shared/contracts/order-events';
import { orderStatuses } from '../domain/order.js';
import type { OrderItemView, OrderView } from '../persistence/order-view.js';

const amount = z.int().min(0).describe("In the currency's minor unit");

const orderItemBody = z.object({
  id: z.int().min(1),
  order_id: z.int().min(1),
  product_id: z.int().min(1),
  name: z.string(),
  quantity: z.int().min(1),
  price: amount,
  subtotal: amount,
});

/** An order as the REST contract has it. */
export const orderBody = z.object({
  id: z.int().min(1),
  uuid: z.uuid(),
  user_id: z.int().min(1),
  total: amount,
  currency: z.string(),
  status: z.enum(orderStatuses),
  shipping_address: z.string().nullable(),
  items: z.array(orderItemBody),
  cancellation_reason: z.enum(cancellationReasons).nullable(),
  version: z.int().min(1).describe('1 when placed, one more at each change of status'),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export type OrderBody = z.output<typeof orderBody>;

export function toOrderBody(order: OrderView, items: readonly OrderItemView[]): OrderBody {
  return {
    id: order.id,
    uuid: order.uuid,
    user_id: order.userId,
    total: order.total,
    currency: order.currency,
    status: order.status,
    shipping_address: order.shippingAddress,
    items: items.map(toItemBody),
    cancellation_reason: order.reason,
    version: order.version,
    created_at: order.createdAt.toISOString(),
    updated_at: order.updatedAt.toISOString(),
  };
}

function toItemBody({ id, orderId, productId, name, quantity, price }: OrderItemView): z.output<typeof orderItemBody> {
  return { id, order_id: orderId, product_id: productId, name, quantity, price, subtotal: multiply(price, quantity) };
}
