import type { EntityManager } from '@shop/shared/persistence/database';
import { rowsOf, withNext } from '@shop/shared/persistence/statements';
import { ReservationRecord } from './reservation.record.js';
import type { Reservation } from '../domain/reservation.js';

export class ReservationStore {
  /** The reservation of an order, made if there is none, and locked until the transaction ends. */
  async lock(em: EntityManager, orderUuid: string, now: Date): Promise<Reservation> {
    const inserted = await rowsOf(
      em,
      `insert into reservations (order_uuid, state, created_at, updated_at) values (?, 'open', ?, ?)
       on conflict do nothing returning order_uuid`,
      [orderUuid, now, now],
    );
    if (inserted.length > 0) return { state: 'open' };
    await rowsOf(em, 'select 1 from reservations where order_uuid = ? for update', [orderUuid]);
    const { state, items, shortages } = await em.findOneOrFail(ReservationRecord, { orderUuid }, { refresh: true });
    switch (state) {
      case 'reserved':
        return { state, items };
      case 'failed':
        return { state, shortages };
      case 'open':
      case 'cancelled':
        return { state };
    }
  }

  /** What a reserved order held stays on its row, for whoever asks later. */
  async save(em: EntityManager, orderUuid: string, reservation: Reservation, now: Date): Promise<void> {
    const items = reservation.state === 'reserved' ? JSON.stringify(reservation.items) : null;
    const shortages = reservation.state === 'failed' ? JSON.stringify(reservation.shortages) : null;
    await withNext(
      em,
      `update reservations set state = ?, items = coalesce(?::jsonb, items),
         shortages = coalesce(?::jsonb, shortages), updated_at = ? where order_uuid = ?`,
      [reservation.state, items, shortages, now, orderUuid],
    );
  }
}
