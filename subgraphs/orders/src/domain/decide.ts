import { ForeignAnswer, IllegalStep } from './order-errors.js';
import type {
  Answer,
  CancellationReason,
  CancelledOrder,
  Order,
  PaidOrder,
  PendingOrder,
  TimelineEntry,
} from './order.js';

interface Heard<Type extends Answer> {
  readonly type: Type;
  /** What of the message is worth a place in the timeline. */
  readonly detail: object | null;
}

type OrderPaid = Heard<'order.paid'> & { readonly amount: number; readonly currency: string };
export type AnswerCommand = Heard<Exclude<Answer, 'order.paid'>> | OrderPaid;
export type Command =
  | AnswerCommand
  | { readonly type: 'cancel' }
  | { readonly type: 'time out' }
  | { readonly type: 'ship' }
  | { readonly type: 'deliver' };

/** What follows from a command. The version has grown when the status has changed, and only then. */
export interface Decision {
  readonly order: Order;
  /** What comes to the order's timeline, oldest first. */
  readonly timeline: readonly TimelineEntry[];
  readonly announcement: 'order.confirmed' | 'order.cancelled' | null;
}

/**
 * The state machine of an order. Stock and payment answer in any order, late, or twice: both make it Paid, a refusal
 * makes it Cancelled, and what comes after that goes into the timeline alone. Throws `IllegalStep` for what a person may
 * not do to it now, `ForeignAnswer` for a payment that is not this order's.
 */
export function decide(order: Order, command: Command, now: Date): Decision {
  switch (command.type) {
    case 'stock.reserved':
    case 'stock.failed':
    case 'order.paid':
    case 'payment.failed':
    case 'payment.refunded':
      return order.heard.includes(command.type) ? unchanged(order) : hear(order, command, now);
    case 'cancel':
      return cancel(pending(order, 'cancelled'), 'CANCELLED_BY_CUSTOMER', now);
    case 'time out':
      return cancel(pending(order, 'timed out'), 'TIMED_OUT', now);
    case 'ship':
      if (order.status !== 'Paid') throw new IllegalStep(order.status, 'shipped');
      return { ...unchanged(order), order: { ...stepped(order, now), status: 'Shipped' } };
    case 'deliver':
      if (order.status !== 'Shipped') throw new IllegalStep(order.status, 'delivered');
      return { ...unchanged(order), order: { ...stepped(order, now), status: 'Delivered' } };
  }
}

function hear(order: Order, answer: AnswerCommand, now: Date): Decision {
  if (answer.type === 'order.paid') mustBeItsPayment(order, answer);
  const informed = { ...order, heard: [...order.heard, answer.type] };
  const next = informed.status === 'Pending' ? answered(informed, answer.type, now) : unchanged(informed);
  return { ...next, timeline: [{ type: answer.type, at: now, detail: answer.detail }, ...next.timeline] };
}

function answered(order: PendingOrder, answer: Answer, now: Date): Decision {
  switch (answer) {
    case 'stock.failed':
      return cancel(order, 'OUT_OF_STOCK', now);
    case 'payment.failed':
      return cancel(order, 'PAYMENT_DECLINED', now);
    case 'stock.reserved':
    case 'order.paid':
      return order.heard.includes('stock.reserved') && order.heard.includes('order.paid')
        ? confirm(order, now)
        : unchanged(order);
    case 'payment.refunded':
      return unchanged(order);
  }
}

function confirm(order: PendingOrder, now: Date): Decision {
  const paid: PaidOrder = { ...stepped(order, now), status: 'Paid' };
  return {
    order: paid,
    timeline: [{ type: 'order.confirmed', at: now, detail: null }],
    announcement: 'order.confirmed',
  };
}

function cancel(order: PendingOrder, reason: CancellationReason, now: Date): Decision {
  const cancelled: CancelledOrder = { ...stepped(order, now), status: 'Cancelled', reason };
  const timeline: TimelineEntry[] = [{ type: 'order.cancelled', at: now, detail: { reason } }];
  return { order: cancelled, timeline, announcement: 'order.cancelled' };
}

const unchanged = (order: Order): Decision => ({ order, timeline: [], announcement: null });

function stepped<Some extends Order>(order: Some, now: Date): Some {
  return { ...order, version: order.version + 1, updatedAt: now };
}

function pending(order: Order, step: string): PendingOrder {
  if (order.status !== 'Pending') throw new IllegalStep(order.status, step);
  return order;
}

/** Each order has one payment, of exactly its total. */
function mustBeItsPayment(order: Order, { amount, currency }: OrderPaid): void {
  if (amount === order.total && currency === order.currency) return;
  throw new ForeignAnswer(`a payment of ${amount} ${currency} is not one of ${order.total} ${order.currency}`);
}
