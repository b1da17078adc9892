import { StopTime } from '@shop/shared/lifecycle/stop-time';
import type { Component } from '@shop/shared/lifecycle/system';
import type { Logger } from '@shop/shared/logging/logger';
import { within } from '@shop/shared/messaging/in-flight';
import type { SettlePayment } from './settle-payment.js';
import type { PaymentStore } from '../persistence/payment.store.js';

interface ReconcilerOptions {
  readonly payments: PaymentStore;
  readonly settlePayment: SettlePayment;
  readonly logger: Logger;
  readonly now: () => Date;
  /** How long nobody else takes up what this process took up. */
  readonly retrySeconds: number;
  readonly sweepMs: number;
}

const BATCH = 20;

/** Takes up payments that were left open by a crash or a provider in trouble, and asks again until they are settled. */
export class PaymentReconciler implements Component {
  readonly name = 'payment reconciler';
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> = Promise.resolve();
  private stopped = true;

  constructor(private readonly options: ReconcilerOptions) {}

  async start(): Promise<void> {
    this.stopped = false;
    this.sweepLater();
  }

  /** A provider may take longer than a stop may: what it still owes is asked again, by whoever is there after the lease. */
  async stop(time = new StopTime()): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    if (!(await within(time.leftFor('handlers'), this.sweeping)))
      this.options.logger.warn('payment reconciler: stopped before the provider answered');
  }

  /** Takes up everything whose next attempt is due. Several processes share the work by lease. */
  async sweep(): Promise<void> {
    const { payments, now, retrySeconds } = this.options;
    while (!this.stopped) {
      const at = now();
      const orderUuids = await payments.takeUnsettled(at, new Date(at.getTime() + retrySeconds * 1_000), BATCH);
      if (orderUuids.length === 0) return;
      await Promise.all((await payments.findByOrders(orderUuids)).map((payment) => this.settle(payment)));
    }
  }

  private async settle(payment: Parameters<SettlePayment['run']>[0]): Promise<void> {
    try {
      await this.options.settlePayment.run(payment, { again: true });
    } catch (error) {
      this.options.logger.warn({ err: error, order_uuid: payment.orderUuid }, 'payment still open, will ask again');
    }
  }

  private sweepLater(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.sweeping = this.sweep()
        .catch((error: unknown) => this.options.logger.warn({ err: error }, 'payments not reconciled, will try again'))
        .finally(() => this.sweepLater());
    }, this.options.sweepMs);
  }
}
