import { defineEntity, p } from '@mikro-orm/postgresql';
import type { Shortage, Wanted } from '../domain/reservation.js';

/** One row an order, for good: a tombstone and an answer that was given must outlive any replay of the request. */
export const ReservationRecord = defineEntity({
  name: 'ReservationRecord',
  tableName: 'reservations',
  properties: {
    orderUuid: p.uuid().primary(),
    state: p.enum(['open', 'reserved', 'failed', 'cancelled']),
    items: p.json<Wanted[]>(),
    shortages: p.json<Shortage[]>(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
