import { orderCancelled, orderRequested } from '@shop/shared/contracts/order-events';
import { onEvent } from '@shop/shared/delivery/consumer';
import type { Bus } from '@shop/shared/messaging/bus';
import type { CancelPayment } from '../use-cases/cancel-payment.js';
import type { RequestPayment } from '../use-cases/request-payment.js';

interface Handlers {
  readonly requestPayment: RequestPayment;
  readonly cancelPayment: CancelPayment;
  /** The name of the provider that new payments go to. */
  readonly provider: string;
}

/** A charge waits for its provider and holds nothing meanwhile, so many may wait at once. */
const PREFETCH = 50;

/** Everything that payments listens to. */
export function subscribe(bus: Bus, { requestPayment, cancelPayment, provider }: Handlers): void {
  onEvent(
    bus,
    'payments',
    orderRequested,
    ({ order_uuid: orderUuid, user_id: userId, email, total: amount, currency }, message) =>
      requestPayment.run(orderUuid, { userId, email, amount, currency, provider }, message),
    { prefetch: PREFETCH },
  );
  onEvent(bus, 'payments', orderCancelled, (body, message) => cancelPayment.run(body.order_uuid, message));
}
