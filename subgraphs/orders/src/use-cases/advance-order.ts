import { type OrderItemBody } from '@shop/shared/contracts/fields';
import { orderCancelled, orderConfirmed } from '@shop/shared/contracts/order-events';
import type { Outbox } from '@shop/shared/delivery/outbox';
import type { Tx } from '@shop/shared/delivery/transactions';
import { type Command, decide } from '../domain/decide.js';
import type { Order, OrderLine } from '../domain/order.js';
import { wakeWatchers } from '../live-status/wake-up.js';
import type { OrderStore } from '../persistence/order.store.js';

/** Takes one step of an order that this transaction has locked: state, history, timeline and what announces it. */
export async function advanceOrder(
  tx: Tx,
  orders: OrderStore,
  order: Order,
  command: Command,
  now: Date,
): Promise<void> {
  const decision = decide(order, command, now);
  if (decision.order === order) return;
  await orders.save(tx, order, decision);
  if (decision.announcement) announce(tx.outbox, decision.order);
  else if (decision.order.version > order.version) tx.note(`order ${decision.order.status.toLowerCase()}`, order.uuid);
  if (decision.order.version > order.version) wakeWatchers(tx.outbox, decision.order);
}

function announce(outbox: Outbox, order: Order): void {
  const { uuid, email, total, currency } = order;
  const whose = { order_uuid: uuid, user_id: order.userId, email, items: order.items.map(toItemBody) };
  if (order.status === 'Cancelled') outbox.publish(orderCancelled, uuid, { ...whose, reason: order.reason });
  else outbox.publish(orderConfirmed, uuid, { ...whose, total, currency });
}

/** A line of an order in the words of the events. */
export function toItemBody({ productId, name, quantity, price }: OrderLine): OrderItemBody {
  return { product_id: productId, name, quantity, price };
}
