import type { EntityManager } from '@shop/shared/persistence/database';
import { rowsOf, withNext } from '@shop/shared/persistence/statements';
import type { Checkout, CheckoutItem } from '../domain/checkout.js';

/** A row that the current transaction holds the lock of. */
export interface LockedCheckout {
  readonly orderUuid: string;
  /** Whose cart it is about. */
  readonly userId: number;
  readonly checkout: Checkout;
}

/** As the driver hands it over: bigint comes as text. */
interface CheckoutRow {
  readonly user_id: string;
  readonly state: Checkout['state'];
  readonly answer: readonly CheckoutItem[] | null;
}

/** The checkouts, kept for good. */
export class CheckoutStore {
  /** Locks a checkout's row, made when there was none, until the transaction ends. Comes before the lock of the cart. */
  async lock(em: EntityManager, orderUuid: string, userId: number): Promise<LockedCheckout> {
    const [row] = await rowsOf<CheckoutRow>(
      em,
      `insert into checkouts (order_uuid, user_id, state) values (?, ?, 'new')
       on conflict (order_uuid) do update set order_uuid = excluded.order_uuid returning user_id, state, answer`,
      [orderUuid, userId],
    );
    if (!row) throw new Error('an upsert returns its row');
    return { orderUuid, userId: Number(row.user_id), checkout: checkoutIn(row) };
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
