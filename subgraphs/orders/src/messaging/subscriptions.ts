import { orderPaid, paymentFailed, paymentRefunded } from '@shop/shared/contracts/payment-events';
import { stockFailed, stockReserved } from '@shop/shared/contracts/stock-events';
import { type MessageContext, onEvent } from '@shop/shared/delivery/consumer';
import { type Bus, PermanentFault } from '@shop/shared/messaging/bus';
import { queues } from '@shop/shared/messaging/topology';
import { type AnswerCommand } from '../domain/decide.js';
import { ForeignAnswer } from '../domain/order-errors.js';
import type { HearAnswer } from '../use-cases/hear-answer.js';

const SERVICE = 'orders';

/** The queues by which answers come. */
export const answerQueues: readonly string[] = queues
  .filter(({ service }) => service === SERVICE)
  .map(({ name }) => name);

/** Everything that orders hears of others. */
export function subscribeToAnswers(bus: Bus, hearAnswer: HearAnswer): void {
  const hear = async (message: MessageContext, orderUuid: string, answer: AnswerCommand) => {
    try {
      await hearAnswer.run(message, orderUuid, answer);
    } catch (error) {
      if (error instanceof ForeignAnswer) throw new PermanentFault(error.message, { cause: error });
      throw error;
    }
  };
  onEvent(bus, SERVICE, stockReserved, ({ order_uuid }, message) =>
    hear(message, order_uuid, { type: 'stock.reserved', detail: null }),
  );
  onEvent(bus, SERVICE, stockFailed, ({ order_uuid, ...detail }, message) =>
    hear(message, order_uuid, { type: 'stock.failed', detail }),
  );
  onEvent(bus, SERVICE, orderPaid, ({ order_uuid, payment_id, amount, currency }, message) =>
    hear(message, order_uuid, { type: 'order.paid', amount, currency, detail: { payment_id, amount, currency } }),
  );
  onEvent(bus, SERVICE, paymentFailed, ({ order_uuid, reason }, message) =>
    hear(message, order_uuid, { type: 'payment.failed', detail: { reason } }),
  );
  onEvent(bus, SERVICE, paymentRefunded, ({ order_uuid, payment_id, amount, currency }, message) =>
    hear(message, order_uuid, { type: 'payment.refunded', detail: { payment_id, amount, currency } }),
  );
}
