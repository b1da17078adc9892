import type { Transactions, Tx } from '@shop/shared/delivery/transactions';
import { advanceOrder } from './advance-order.js';
import type { OrderStore } from '../persistence/order.store.js';

/** Cancels the orders whose answers did not come in time. */
export class TimeOutOrders {
  constructor(
    private readonly transactions: Transactions,
    private readonly orders: OrderStore,
  ) {}

  /** Every Pending order whose request was confirmed at `limit` or before, one transaction each, as of `now`. */
  async run(limit: Date, now: Date): Promise<void> {
    while (await this.transactions.run((tx) => this.one(tx, limit, now)));
  }

  private async one(tx: Tx, limit: Date, now: Date): Promise<boolean> {
    const order = await this.orders.lockOverdue(tx.em, limit);
    if (order) await advanceOrder(tx, this.orders, order, { type: 'time out' }, now);
    return order !== null;
  }
}
