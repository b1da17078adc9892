import type { CartAnswer } from './cart-gate.js';
import type { Content } from './contents.js';
import type { Service } from './laboratory.js';
import type { Delivery } from './messages.js';

/** What may still befall an order besides its own messages. */
export interface Extras {
  /** How often its customer, or the clock, may cancel it. */
  readonly cancellations: number;
  readonly timeOuts: number;
  /** Cancellations and time-outs together. */
  readonly interruptions: number;
  /** Duplicates and crashes together. */
  readonly faults: number;
  /** A product that an administrator deletes, at some moment. */
  readonly deletion: number | null;
}

/** A request for an order that waits for cart: to be asked, or, once it has answered, for orders to go on. */
export interface Request {
  readonly uuid: string;
  readonly origin: Content;
  readonly answer: CartAnswer | null;
}

/** Everything that is: what the services keep, what is under way, and what may still happen. */
export interface State {
  readonly contents: Readonly<Record<Service, Content>>;
  readonly waiting: readonly Delivery[];
  /** Charges that the provider has not answered yet, by the message that made them due. */
  readonly charging: readonly Delivery[];
  readonly requests: readonly Request[];
  /** What was acknowledged and might come again. */
  readonly heard: readonly Delivery[];
  /** How often the customer will yet ask: for the first time, or again after no answer. */
  readonly asks: { readonly first: number; readonly again: number };
  readonly extras: Extras;
}

const ids = (deliveries: readonly Delivery[]): number[] => deliveries.map(({ id }) => id).sort((a, b) => a - b);

/** The same for states from which the same can happen. */
export function keyOf({ contents, waiting, charging, requests, heard, asks, extras }: State): string {
  const { products, payments, cart, orders } = contents;
  const list = (deliveries: readonly Delivery[]) => ids(deliveries).join();
  const asked = requests.map(({ uuid, answer }) => `${uuid} ${answer ? answer.status + answer.body : ''}`).sort();
  // What could come again matters only while something may still be duplicated.
  const again = extras.faults > 0 ? ids(heard).join() : '';
  const { cancellations, timeOuts, interruptions, faults, deletion } = extras;
  return [
    ...[products.id, payments.id, cart.id, orders.id, list(waiting), list(charging), asked.join(), again],
    ...[asks.first, asks.again, cancellations, timeOuts, interruptions, faults, deletion],
  ].join('|');
}

/** Whether nothing is under way any more: from here on it is for events.md to hold. */
export function isQuiet(state: State): boolean {
  return isStill(state) && openIntents(state.contents.orders).length === 0;
}

/** Whether nobody is doing anything. */
export const isStill = ({ waiting, charging, requests, asks }: State): boolean =>
  waiting.length + charging.length + requests.length + asks.first === 0;

/** The uuids of the checkouts that have not come to an end. */
export function openIntents(orders: Content): string[] {
  return (orders.tables['intents'] ?? []).filter(({ state }) => state === 'open').map(({ uuid }) => String(uuid));
}
