import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';

export const PaymentRecord = defineEntity({
  name: 'Payment',
  tableName: 'payments',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    orderUuid: p.uuid().unique(),
    status: p.enum(['NEW', 'TOMBSTONE', 'PENDING', 'SUCCEEDED', 'FAILED', 'REFUNDED']),
    cancelled: p.boolean(),
    userId: p.bigint('number').nullable(),
    email: p.text().nullable(),
    amount: p.bigint('number').nullable(),
    currency: p.text().nullable(),
    provider: p.text().nullable(),
    failureReason: p.text().nullable(),
    nextAttemptAt: p.datetime().nullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});

export type PaymentRow = InferEntity<typeof PaymentRecord>;
