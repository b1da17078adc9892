import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import type { CancellationReason, OrderStatus } from '../domain/order.js';

/** An order's version as it was when it began. */
export const OrderHistoryRecord = defineEntity({
  name: 'OrderHistoryRecord',
  tableName: 'order_history',
  properties: {
    orderId: p.bigint('number').primary(),
    version: p.integer().primary(),
    userId: p.bigint('number'),
    status: p.text().$type<OrderStatus>(),
    reason: p.text().$type<CancellationReason>().strictNullable(),
    timelineLength: p.integer(),
    updatedAt: p.datetime(),
    recordedAt: p.datetime(),
  },
});
export type OrderHistoryRecord = InferEntity<typeof OrderHistoryRecord>;

/** An entry of an order's timeline; the first is at position 1. */
export const OrderEventRecord = defineEntity({
  name: 'OrderEventRecord',
  tableName: 'order_events',
  properties: {
    orderId: p.bigint('number').primary(),
    position: p.integer().primary(),
    type: p.text(),
    at: p.datetime(),
    detail: p.json().$type<object>().strictNullable(),
  },
});
export type OrderEventRecord = InferEntity<typeof OrderEventRecord>;
