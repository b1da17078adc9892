import { noteIdle } from '@shop/shared/delivery/inbox';
import type { MessageContext } from '@shop/shared/delivery/consumer';
import type { Transactions } from '@shop/shared/delivery/transactions';
import type { PaymentSteps } from './payment-steps.js';
import type { SettlePayment } from './settle-payment.js';
import { due } from '../domain/payment.js';
import type { PaymentRequest, StoredPayment } from '../persistence/payment.store.js';

/** Charges an order, once: claims its row, asks the provider, settles. */
export class RequestPayment {
  constructor(
    private readonly transactions: Transactions,
    private readonly steps: PaymentSteps,
    private readonly settlePayment: SettlePayment,
  ) {}

  /** Rejects when the outcome is unknown. An order that is cancelled already is not charged. */
  async run(orderUuid: string, request: PaymentRequest, cause: MessageContext): Promise<void> {
    const first = await this.steps.open(orderUuid, request);
    const open = first ?? (await this.hearAgain(orderUuid, request, cause));
    if (open) await this.settlePayment.run(open, { cause, again: cause.attempt > 1 });
  }

  /** What is still open of an order of which something was heard before; null when nothing is. */
  private hearAgain(orderUuid: string, request: PaymentRequest, cause: MessageContext): Promise<StoredPayment | null> {
    return this.transactions.run(async (tx) => {
      const payment = await this.steps.hear(tx, orderUuid, { type: 'requested' }, request);
      if (payment && due(payment.state)) return payment;
      await noteIdle(tx.em, cause);
      return null;
    });
  }
}
