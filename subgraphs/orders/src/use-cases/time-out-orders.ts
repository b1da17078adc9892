import type { Transactions } from '@shop/shared/delivery/transactions';
import { advanceOrder } from './advance-order.js';
import type { OrderStore } from '../persistence/order.store.js';

/** Cancels the orders whose answers did not come in time. */
export class TimeOutOrders {
  constructor(
    private readonly transactions: Transactions,
    private readonly orders: OrderStore,
  ) {}

  /** From `at` on they wait: the Pending orders whose request is on its way, of which that was not known yet. */
  async confirm(at: Date): Promise<void> {
    await this.transactions.run((tx) => this.orders.confirm(tx.em, at));
  }

  /** Cancels one Pending order whose request was confirmed at `limit` or before, as of `now`. False when there is none. */
  async one(limit: Date, now: Date): Promise<boolean> {
    return this.transactions.run(async (tx) => {
      const order = await this.orders.lockOverdue(tx.em, limit);
      if (order) await advanceOrder(tx, this.orders, order, { type: 'time out' }, now);
      return order !== null;
    });
  }
}
