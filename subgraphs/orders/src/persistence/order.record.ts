import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import type { CancellationReason, OrderStatus } from '../domain/order.js';

/** A row of `orders`, as far as it is read. What is written, the order store writes. */
export const OrderRecord = defineEntity({
  name: 'OrderRecord',
  tableName: 'orders',
  properties: {
    id: p.bigint('number').primary(),
    uuid: p.uuid(),
    userId: p.bigint('number'),
    status: p.text().$type<OrderStatus>(),
    reason: p.text().$type<CancellationReason>().strictNullable(),
    total: p.bigint('number'),
    currency: p.text(),
    shippingAddress: p.text().strictNullable(),
    version: p.integer(),
    timelineLength: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type OrderRecord = InferEntity<typeof OrderRecord>;

export const OrderItemRecord = defineEntity({
  name: 'OrderItemRecord',
  tableName: 'order_items',
  properties: {
    id: p.bigint('number').primary(),
    orderId: p.bigint('number'),
    productId: p.bigint('number'),
    name: p.text(),
    quantity: p.integer(),
    price: p.bigint('number'),
  },
});
export type OrderItemRecord = InferEntity<typeof OrderItemRecord>;
