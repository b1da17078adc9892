import { type Caller, isAdmin } from '@shop/shared/auth/caller';
import type { Transactions } from '@shop/shared/delivery/transactions';
import { forbidden } from '@shop/shared/errors/app-error';
import { advanceOrder } from './advance-order.js';
import { orderNotFound, type ViewOrder } from './view-order.js';
import type { Clock } from '../clock.js';
import type { Command } from '../domain/decide.js';
import { IllegalStep } from '../domain/order-errors.js';
import type { OrderStatus } from '../domain/order.js';
import type { OrderView } from '../persistence/order-view.js';
import type { OrderStore } from '../persistence/order.store.js';

/** What people do to an order: its owner cancels it while it is Pending, an admin ships and delivers it. */
export class ChangeStatus {
  constructor(
    private readonly transactions: Transactions,
    private readonly orders: OrderStore,
    private readonly views: ViewOrder,
    private readonly clock: Clock,
  ) {}

  /**
   * The order, moved to `status`. FORBIDDEN for what is not the caller's to do, whatever the order; NOT_FOUND when it is
   * absent or not the caller's; CONFLICT for a step that the order can't take.
   */
  async run(caller: Caller, reference: number | string, status: OrderStatus): Promise<OrderView> {
    if (status !== 'Cancelled' && !isAdmin(caller)) throw forbidden();
    const view = await this.views.required(caller, reference);
    const command = commandOf(caller, view, status);
    await this.transactions.run(async (tx) => {
      const order = await this.orders.lock(tx.em, view.uuid);
      if (!order) throw orderNotFound();
      await advanceOrder(tx, this.orders, order, command, this.clock());
    });
    return this.views.required(caller, reference);
  }
}

function commandOf(caller: Caller, order: OrderView, status: OrderStatus): Command {
  if (status === 'Cancelled') {
    if (order.userId !== Number(caller.userId)) throw forbidden('only its owner may cancel an order');
    return { type: 'cancel' };
  }
  if (status === 'Shipped') return { type: 'ship' };
  if (status === 'Delivered') return { type: 'deliver' };
  throw new IllegalStep(order.status, `made ${status}`);
}
