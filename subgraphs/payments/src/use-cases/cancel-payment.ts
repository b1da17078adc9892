import { noteIdle } from '@shop/shared/delivery/inbox';
import type { MessageContext } from '@shop/shared/delivery/consumer';
import type { Transactions } from '@shop/shared/delivery/transactions';
import type { PaymentSteps } from './payment-steps.js';
import type { SettlePayment } from './settle-payment.js';
import { due } from '../domain/payment.js';

/** Takes note that an order is cancelled, for good, and gives back what was taken for it. */
export class CancelPayment {
  constructor(
    private readonly transactions: Transactions,
    private readonly steps: PaymentSteps,
    private readonly settlePayment: SettlePayment,
  ) {}

  /**
   * Rejects when the refund's outcome is unknown. A charge in flight is only marked: whoever asked for it refunds it.
   */
  async run(orderUuid: string, cause: MessageContext): Promise<void> {
    const refundable = await this.transactions.run(async (tx) => {
      const payment = await this.steps.hear(tx, orderUuid, { type: 'cancelled' });
      if (payment && due(payment.state) === 'refund') return payment;
      await noteIdle(tx.em, cause);
      return null;
    });
    if (refundable) await this.settlePayment.run(refundable, { cause, again: cause.attempt > 1 });
  }
}
