import { randomUUID } from 'node:crypto';
import type { Caller } from '@shop/shared/auth/caller';
import { orderRequested } from '@shop/shared/contracts/order-events';
import type { Transactions, Tx } from '@shop/shared/delivery/transactions';
import { AppError } from '@shop/shared/errors/app-error';
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

/** So often at most a request begins again whose intent another one has ended meanwhile. */
const ATTEMPTS = 3;

type Settled = (() => OrderView) | 'placed' | 'ended' | AppError;

/**
 * Orders what is in the caller's cart: commits the intent, takes the cart, turns the intent into a Pending order. A
 * retry, or a parallel request with the same key, goes on where the other one is.
 */
export class PlaceOrder {
  constructor(private readonly parts: PlaceOrderParts) {}

  /**
   * BAD_USER_INPUT for an empty cart; SUBGRAPH_UNAVAILABLE when cart is away, or the intent has ended meanwhile. Where cart takes
   * nothing more for one that ended, the request begins again, for the key is free, and learns for itself what there is to order.
   */
  async run(caller: Caller, wish: OrderWish): Promise<OrderView> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const order = await this.attempt(caller, wish);
      if (order) return order;
    }
    throw cartUnavailable();
  }

  /** The order that there is now; null when its intent has ended meanwhile. Throws the cart's refusals. */
  private async attempt(caller: Caller, wish: OrderWish): Promise<OrderView | null> {
    const { intents, cart, transactions, views, clock } = this.parts;
    const { userId, email } = caller;
    const shippingAddress = addressOf(wish);
    const wanted = { uuid: randomUUID(), userId: Number(userId), email, shippingAddress, state: 'open' } as const;
    const { uuid, state } = await intents.claim(wanted, keyOf(wish), clock());
    if (state !== 'open') return views.required(caller, uuid);
    const answer = await cart.checkout(uuid, caller);
    const outcome = await transactions.run((tx) => this.settle(tx, uuid, answer));
    if (outcome === 'placed') return views.required(caller, uuid);
    if (outcome === 'ended') return null;
    if (outcome instanceof AppError) throw outcome;
    return outcome();
  }

  /** The order that is placed by this, to be had once that is committed; or what the intent had become, or why it comes to nothing. */
  private async settle(tx: Tx, uuid: string, answer: CheckoutAnswer): Promise<Settled> {
    const { intents, currency, clock } = this.parts;
    const intent = await intents.lock(tx.em, uuid);
    if (intent.state === 'placed') return 'placed';
    // Whoever ended it was told why: cart says only that it takes nothing more for it.
    if (intent.state === 'ended' && answer === 'closed') return 'ended';
    const settlement = settle(intent, answer, currency, clock());
    if ('refusal' in settlement) {
      if (intent.state === 'open') await abandonCheckout(tx, intents, intent);
      return settlement.refusal;
    }
    // What was taken is on its way back to the cart: who asks for it now might find nothing.
    if (intent.state === 'ended') return cartUnavailable();
    return this.request(tx, settlement.order, intent.shippingAddress);
  }

  private async request(tx: Tx, order: PendingOrder, shippingAddress: string | null): Promise<() => OrderView> {
    const { intents, orders } = this.parts;
    const { uuid, userId, email, total, currency, items, updatedAt } = order;
    const requested: TimelineEntry = { type: 'order.requested', at: updatedAt, detail: { total, currency } };
    const placed = await orders.insert(tx, order, shippingAddress, [requested]);
    await intents.close(tx.em, uuid, 'placed');
    tx.outbox.publish(orderRequested, uuid, {
      ...{ correlation_id: uuid, order_uuid: uuid, user_id: userId, email, total, currency },
      items: items.map(toItemBody),
    });
    wakeWatchers(tx.outbox, order);
    return placed;
  }
}
