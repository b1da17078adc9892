import { randomUUID } from 'node:crypto';
import type { Caller } from '@shop/shared/auth/caller';
import { orderRequested } from '@shop/shared/contracts/order-events';
import type { Transactions, Tx } from '@shop/shared/delivery/transactions';
import type { AppError } from '@shop/shared/errors/app-error';
import { abandonCheckout } from './abandon-checkouts.js';
import { toItemBody } from './advance-order.js';
import type { ViewOrder } from './view-order.js';
import type { CartClient } from '../clients/cart-client.js';
import type { Clock } from '../clock.js';
import { cartUnavailable, type CheckoutAnswer, settle } from '../domain/intent.js';
import type { PendingOrder, TimelineEntry } from '../domain/order.js';
import { addressOf, keyOf, type OrderWish } from '../domain/wish.js';
import { wakeWatchers } from '../live-status/wake-up.js';
import type { IntentStore } from '../persistence/intent.store.js';
import type { OrderView } from '../persistence/order-view.js';
import type { OrderStore } from '../persistence/order.store.js';

interface PlaceOrderParts {
  readonly transactions: Transactions;
  readonly intents: IntentStore;
  readonly orders: OrderStore;
  readonly cart: CartClient;
  readonly views: ViewOrder;
  readonly currency: string;
  readonly clock: Clock;
}

/**
 * Orders what is in the caller's cart: commits the intent, takes the cart, turns the intent into a Pending order. A
 * retry, or a parallel request with the same key, goes on where the other one is.
 */
export class PlaceOrder {
  constructor(private readonly parts: PlaceOrderParts) {}

  /** BAD_USER_INPUT for an empty cart; SUBGRAPH_UNAVAILABLE when cart is away, or the intent has ended meanwhile. */
  async run(caller: Caller, wish: OrderWish): Promise<OrderView> {
    const { intents, cart, transactions, clock, views } = this.parts;
    const shippingAddress = addressOf(wish);
    const key = keyOf(wish);
    const { userId, email } = caller;
    const wanted = { uuid: randomUUID(), userId: Number(userId), email, shippingAddress, state: 'open' } as const;
    const { uuid, state } = await intents.claim(wanted, key, clock());
    if (state === 'open') {
      const answer = await cart.checkout(uuid, caller);
      const refusal = await transactions.run((tx) => this.settle(tx, uuid, answer));
      if (refusal) throw refusal;
    }
    return views.required(caller, uuid);
  }

  /** Null once there is an order, else why there will be none. */
  private async settle(tx: Tx, uuid: string, answer: CheckoutAnswer): Promise<AppError | null> {
    const { intents, currency, clock } = this.parts;
    const intent = await intents.lock(tx.em, uuid);
    if (intent.state === 'placed') return null;
    if (intent.state === 'ended') return cartUnavailable();
    const settlement = settle(intent, answer, currency, clock());
    if ('refusal' in settlement) {
      await abandonCheckout(tx, intents, intent);
      return settlement.refusal;
    }
    await this.request(tx, settlement.order, intent.shippingAddress);
    return null;
  }

  private async request(tx: Tx, order: PendingOrder, shippingAddress: string | null): Promise<void> {
    const { intents, orders } = this.parts;
    const { uuid, userId, email, total, currency, items, updatedAt } = order;
    const requested: TimelineEntry = { type: 'order.requested', at: updatedAt, detail: { total, currency } };
    await orders.insert(tx, order, shippingAddress, [requested]);
    await intents.close(tx.em, uuid, 'placed');
    tx.outbox.publish(orderRequested, uuid, {
      ...{ correlation_id: uuid, order_uuid: uuid, user_id: userId, email, total, currency },
      items: items.map(toItemBody),
    });
    wakeWatchers(tx.outbox, order);
  }
}
