import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';

export const EmailRecord = defineEntity({
  name: 'Email',
  tableName: 'emails',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    name: p.text().unique(),
    kind: p.enum(['confirmation', 'cancellation', 'refund']),
    orderUuid: p.uuid(),
    userId: p.bigint('number'),
    recipient: p.text(),
    subject: p.text(),
    status: p.enum(['QUEUED', 'SENDING', 'SENT', 'FAILED']),
    attempt: p.integer(),
    claimedUntil: p.datetime().nullable(),
    failureReason: p.text().nullable(),
    createdAt: p.datetime(),
    sentAt: p.datetime().nullable(),
  },
});

export type EmailRow = InferEntity<typeof EmailRecord>;
