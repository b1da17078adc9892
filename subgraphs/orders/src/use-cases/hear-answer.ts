import type { Received } from '@shop/shared/delivery/inbox';
import type { Transactions } from '@shop/shared/delivery/transactions';
import { advanceOrder } from './advance-order.js';
import type { Clock } from '../clock.js';
import type { AnswerCommand } from '../domain/decide.js';
import { ForeignAnswer } from '../domain/order-errors.js';
import type { OrderStore } from '../persistence/order.store.js';

/** Takes in what stock or payment says of an order. */
export class HearAnswer {
  constructor(
    private readonly transactions: Transactions,
    private readonly orders: OrderStore,
    private readonly clock: Clock,
  ) {}

  /** Nothing happens to a message that was handled before. `ForeignAnswer` when there is no such order here. */
  async run(message: Received, orderUuid: string, answer: AnswerCommand): Promise<void> {
    await this.transactions.runOnce(message, async (tx) => {
      const order = await this.orders.lock(tx.em, orderUuid);
      if (!order) throw new ForeignAnswer(`there is no order ${orderUuid}`);
      await advanceOrder(tx, this.orders, order, answer, this.clock());
    });
  }
}
