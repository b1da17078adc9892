import type { EntityManager } from '@shop/shared/persistence/database';
import { rowsOf, withNext } from '@shop/shared/persistence/statements';
import { CheckoutRecord, type CheckoutRow } from './checkout.record.js';
import type { Checkout } from '../domain/checkout.js';

/** A row that the current transaction holds the lock of. */
export interface LockedCheckout {
  readonly orderUuid: string;
  /** Whose cart it is about. */
  readonly userId: number;
  readonly checkout: Checkout;
}

/** The checkouts, kept for good. */
export class CheckoutStore {
  /** Locks a checkout's row, made when there was none, until the transaction ends. Comes before the lock of the cart. */
  async lock(em: EntityManager, orderUuid: string, userId: number): Promise<LockedCheckout> {
    const [found] = await rowsOf(
      em,
      `insert into checkouts (order_uuid, user_id, state) values (?, ?, 'new')
       on conflict (order_uuid) do update set order_uuid = excluded.order_uuid returning *`,
      [orderUuid, userId],
    );
    if (!found) throw new Error('an upsert returns its row');
    const row = em.map(CheckoutRecord, found);
    return { orderUuid, userId: row.userId, checkout: checkoutIn(row) };
  }

  /** Notes what a checkout became. */
  async note(em: EntityManager, { orderUuid }: LockedCheckout, checkout: Checkout, now: Date): Promise<void> {
    const answer = checkout.state === 'new' ? null : checkout.items;
    await withNext(em, 'update checkouts set state = ?, answer = ?::jsonb, updated_at = ? where order_uuid = ?', [
      ...[checkout.state, answer && JSON.stringify(answer), now, orderUuid],
    ]);
  }
}

function checkoutIn({ state, answer }: CheckoutRow): Checkout {
  switch (state) {
    case 'new':
      return { state };
    case 'taken':
      return { state, items: answer ?? [] };
    case 'closed':
    case 'abandoned':
      return { state, items: answer ?? null };
  }
}
