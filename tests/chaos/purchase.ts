import { setTimeout as pause } from 'node:timers/promises';
import type { Customer } from './customer.js';
import { followOrder, type Stream } from './follow-order.js';
import type { Patience } from './patience.js';
import { Refusal, type SeenOrder, type ShopClient, type Status } from './shop-client.js';

/** How one order is to go. */
export interface Plan {
  readonly product: number;
  readonly quantity: number;
  /** 0 is REST, 1 is GraphQL. */
  readonly door: 0 | 1;
  /** Signs in anew first, so that auth takes part. */
  readonly logIn: boolean;
  /** Watches by subscription, so that Redis and the live streams take part; else asks now and then. */
  readonly follow: boolean;
  readonly cancel: boolean;
  /** The shopkeeper sends it, and says that it has arrived. */
  readonly deliver: boolean;
  /** Sends the same key again once there is an order. */
  readonly repeat: boolean;
}

/** What a customer was told of an order, last. */
export interface Told {
  readonly userId: number;
  readonly key: string;
  readonly uuid: string;
  readonly version: number;
  readonly status: Status;
}

/** One purchase as its customer knows it. Times by performance.now(). */
export interface Purchase {
  readonly plan: Plan;
  readonly beganAt: number;
  readonly placedAt: number;
  readonly decidedAt: number;
  readonly decision: Status;
  readonly told: readonly Told[];
  readonly stream?: Stream;
}

interface Market {
  readonly gateway: string;
  readonly patience: Patience;
  readonly shopkeeper: ShopClient;
}

type Hear = (order: SeenOrder) => void;

const FIRST_LOOK_MS = 60;
const LONGEST_LOOK_MS = 1_000;

/** Buys by plan: fills the cart, places the order under one key, and watches until it is decided; then what else is planned. */
export async function purchase(market: Market, customer: Customer, plan: Plan, key: string): Promise<Purchase> {
  const { patience } = market;
  const client = customer.clients[plan.door];
  if (!client) throw new Error('there is no such door');
  const beganAt = performance.now();
  if (plan.logIn) await customer.logIn(client);
  await customer.fill(client, plan.product, plan.quantity);
  let last = await customer.place(client, key, plan.product, plan.quantity);
  const placedAt = performance.now();
  const told: Told[] = [];
  const hear: Hear = (order) => {
    last = order;
    told.push({ userId: customer.userId, key, uuid: order.uuid, version: order.version, status: order.status });
  };
  hear(last);
  if (plan.repeat) hear(await patience.insist(() => client.place(key)));

  let decided: (at: number) => void;
  const decision = new Promise<number>((resolve) => (decided = resolve));
  const hearOf = (order: SeenOrder) => {
    hear(order);
    if (order.status !== 'Pending') decided(performance.now());
  };
  const { uuid } = last;
  const watching = plan.follow
    ? followOrder({
        ...{ gateway: market.gateway, token: customer.token, uuid, patience },
        onEvent: (event) => hearOf({ ...last, ...event }),
        isLast: (status) => status === 'Cancelled' || status === (plan.deliver ? 'Delivered' : 'Paid'),
      })
    : untilDecided(client, uuid, patience, hearOf);
  if (plan.cancel) await cancel(client, last, patience, hear);
  // Whoever gave up watching hears of no decision.
  const decidedAt = await Promise.race([decision, watching.then(() => performance.now())]);
  if (plan.deliver) await deliver(market.shopkeeper, client, uuid, patience, hear);
  const stream = await watching;
  const { status } = await patience.insist(() => client.order(uuid));
  return { plan, beganAt, placedAt, decidedAt, decision: status, told, ...(stream && { stream }) };
}

async function untilDecided(client: ShopClient, uuid: string, patience: Patience, hear: Hear): Promise<undefined> {
  for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_LOOK_MS)) {
    const order = await patience.insist(() => client.order(uuid));
    hear(order);
    if (order.status !== 'Pending' || patience.isOver) return;
    await pause(pauseMs);
  }
}

/** Its payment may be faster. */
async function cancel(client: ShopClient, order: SeenOrder, patience: Patience, hear: Hear): Promise<void> {
  await patience.insist(() => client.cancel(order)).then(hear, unlessRefused);
}

async function deliver(
  shopkeeper: ShopClient,
  client: ShopClient,
  uuid: string,
  patience: Patience,
  hear: Hear,
): Promise<void> {
  const order = await patience.insist(() => client.order(uuid));
  if (order.status === 'Cancelled') return;
  // Refused is also what was done before, by a request whose answer got lost.
  for (const status of ['Shipped', 'Delivered'] as const)
    await patience.insist(() => shopkeeper.move(order, status)).then(hear, unlessRefused);
}

function unlessRefused(error: unknown): void {
  if (!(error instanceof Refusal && /^(409|CONFLICT)/.test(error.message))) throw error;
}
