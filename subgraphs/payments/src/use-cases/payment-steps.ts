import { orderPaid, paymentFailed, paymentRefunded } from '@shop/shared/contracts/payment-events';
import type { Outbox } from '@shop/shared/delivery/outbox';
import type { Tx } from '@shop/shared/delivery/transactions';
import { type Announcement, decide, type Happening, type ProviderAnswer } from '../domain/payment.js';
import type { LockedPayment, PaymentRequest, PaymentStore, StoredPayment } from '../persistence/payment.store.js';

/** Takes one step of a payment in the caller's transaction: locks its row, decides, notes, announces. */
export class PaymentSteps {
  constructor(
    private readonly payments: PaymentStore,
    private readonly now: () => Date,
    /** A payment left open for so long is taken up again. */
    private readonly retrySeconds: number,
  ) {}

  /** A request that is the first that is heard of its order. Null, and nothing noted, when something was heard before. */
  async open(orderUuid: string, request: PaymentRequest): Promise<StoredPayment | null> {
    const { payment: state } = decide({ status: 'NEW' }, { type: 'requested' });
    return this.payments.open(orderUuid, { state, request, ...this.nextAttempt() });
  }

  /** What an order's messages say: it may be the first that is heard of it. Answers null while there is but a tombstone. */
  async hear(
    tx: Tx,
    orderUuid: string,
    happening: Extract<Happening, { type: 'requested' | 'cancelled' }>,
    request?: PaymentRequest,
  ): Promise<StoredPayment | null> {
    return this.take(tx, await this.payments.lock(tx.em, orderUuid), happening, request);
  }

  /** What the provider answered. */
  async learn(tx: Tx, orderUuid: string, answer: ProviderAnswer): Promise<StoredPayment | null> {
    return this.take(tx, await this.payments.lockKnown(tx.em, orderUuid), answer);
  }

  private async take(
    { em, outbox }: Tx,
    locked: LockedPayment,
    happening: Happening,
    request?: PaymentRequest,
  ): Promise<StoredPayment | null> {
    const { payment: state, announce } = decide(locked.state, happening);
    const times = this.nextAttempt();
    const payment = await this.payments.note(em, locked, {
      state,
      ...times,
      request: locked.state.status === 'NEW' ? request : undefined,
    });
    if (payment && announce) publish(outbox, announce, payment, times.now);
    return payment;
  }

  private nextAttempt(): { now: Date; nextAttemptAt: Date } {
    const now = this.now();
    return { now, nextAttemptAt: new Date(now.getTime() + this.retrySeconds * 1_000) };
  }
}

function publish(outbox: Outbox, announcement: Announcement, payment: StoredPayment, now: Date): void {
  const { id, orderUuid, userId, email, amount, currency } = payment;
  const timestamp = now.toISOString();
  switch (announcement) {
    case 'order.paid': {
      const paid = { payment_id: id, amount, currency, status: 'succeeded', timestamp } as const;
      return outbox.publish(orderPaid, orderUuid, { correlation_id: orderUuid, order_uuid: orderUuid, ...paid });
    }
    case 'payment.failed': {
      const failed = { reason: payment.failureReason ?? '', status: 'failed', timestamp } as const;
      return outbox.publish(paymentFailed, orderUuid, { correlation_id: orderUuid, order_uuid: orderUuid, ...failed });
    }
    case 'payment.refunded': {
      const refunded = { order_uuid: orderUuid, user_id: userId, email, payment_id: id, amount, currency };
      return outbox.publish(paymentRefunded, orderUuid, refunded);
    }
  }
}
