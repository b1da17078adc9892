import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import type { CheckoutItem } from '../domain/checkout.js';

export const CheckoutRecord = defineEntity({
  name: 'Checkout',
  tableName: 'checkouts',
  properties: {
    orderUuid: p.uuid().primary(),
    userId: p.bigint('number'),
    state: p.enum(['new', 'taken', 'closed', 'abandoned']),
    answer: p.json<readonly CheckoutItem[]>().nullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});

export type CheckoutRow = InferEntity<typeof CheckoutRecord>;
