import { orderCancelled, orderConfirmed } from '@shop/shared/contracts/order-events';
import { paymentRefunded } from '@shop/shared/contracts/payment-events';
import { onEvent } from '@shop/shared/delivery/consumer';
import type { Bus } from '@shop/shared/messaging/bus';
import { cancellationLetter, confirmationLetter, refundLetter } from '../letters/order-letters.js';
import type { SendEmail } from '../use-cases/send-email.js';

/**
 * So many mails of each event are on their way at once: each is a connection to the mail server, and servers limit how
 * many one client may have (Postfix to 50).
 */
const options = { prefetch: 10 };

/** Everything that the mailer listens to. */
export function subscribe(bus: Bus, sendEmail: SendEmail): void {
  onEvent(
    bus,
    'mailer',
    orderConfirmed,
    ({ order_uuid, total: amount, currency, items, ...customer }, message) => {
      const email = {
        kind: 'confirmation',
        ...aboutOrder('confirmation', order_uuid),
        ...recipientIn(customer),
      } as const;
      return sendEmail.run(email, confirmationLetter(order_uuid, items, { amount, currency }), message);
    },
    options,
  );
  onEvent(
    bus,
    'mailer',
    orderCancelled,
    ({ order_uuid, reason, items, ...customer }, message) => {
      const email = {
        kind: 'cancellation',
        ...aboutOrder('cancellation', order_uuid),
        ...recipientIn(customer),
      } as const;
      return sendEmail.run(email, cancellationLetter(order_uuid, items, reason), message);
    },
    options,
  );
  onEvent(
    bus,
    'mailer',
    paymentRefunded,
    ({ order_uuid: orderUuid, payment_id, amount, currency, ...customer }, message) => {
      const email = { kind: 'refund', name: `refund.${payment_id}`, orderUuid, ...recipientIn(customer) } as const;
      return sendEmail.run(email, refundLetter(orderUuid, { amount, currency }), message);
    },
    options,
  );
}

/** One mail of a kind an order, however its uuid is written. */
const aboutOrder = (kind: string, orderUuid: string) => ({ name: `${kind}.${orderUuid.toLowerCase()}`, orderUuid });

const recipientIn = ({ user_id: userId, email: to }: { user_id: number; email: string }) => ({ userId, to });
