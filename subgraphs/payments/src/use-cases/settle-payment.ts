import { noteHandled, type Received } from '@shop/shared/delivery/inbox';
import type { Transactions } from '@shop/shared/delivery/transactions';
import type { PaymentSteps } from './payment-steps.js';
import type { ChargeOutcome, PaymentProvider } from '../clients/payment-provider.js';
import { due, type ProviderAnswer } from '../domain/payment.js';
import type { StoredPayment } from '../persistence/payment.store.js';

interface Occasion {
  /** The message that made it due; its inbox row commits with the answer. */
  readonly cause?: Received;
  /** Whether the provider may have been asked before: then what became of that comes first. */
  readonly again: boolean;
}

/** Asks the provider for what a payment waits for, and notes the answer. */
export class SettlePayment {
  constructor(
    private readonly transactions: Transactions,
    private readonly steps: PaymentSteps,
    private readonly provider: PaymentProvider,
  ) {}

  /**
   * Settles a payment: charges it, refunds it, or one after the other when a cancellation came in between. Rejects when
   * the provider's answer is unknown: the payment stays as it is, to be asked again under the same key.
   */
  async run(payment: StoredPayment, occasion: Occasion): Promise<void> {
    let open: StoredPayment | null = payment;
    while (open) {
      const answer = await this.ask(open, occasion.again);
      if (!answer) return;
      open = await this.settle(open.orderUuid, answer, occasion.cause);
    }
  }

  /** What the provider answered; null when nothing is due. Stands outside transactions. */
  private async ask(payment: StoredPayment, again: boolean): Promise<ProviderAnswer | null> {
    const { orderUuid: key, amount, currency } = payment;
    switch (due(payment.state)) {
      case 'charge': {
        const known: ChargeOutcome | null = again ? await this.provider.outcomeOf(key) : null;
        return known ?? (await this.provider.charge({ key, amount, currency }));
      }
      case 'refund':
        await this.provider.refund({ key: `${key}:refund`, chargeKey: key, amount, currency });
        return { type: 'refunded' };
      case null:
        return null;
    }
  }

  private settle(orderUuid: string, answer: ProviderAnswer, cause?: Received): Promise<StoredPayment | null> {
    return this.transactions.run(async (tx) => {
      const payment = await this.steps.learn(tx, orderUuid, answer);
      if (cause) await noteHandled(tx.em, cause);
      return payment;
    });
  }
}
