import type { Extras } from './state.js';

interface Draft {
  readonly name: string;
  readonly price: number;
  /** When the cart is filled, and when the order is placed. */
  readonly stock: number;
  readonly stockLater?: number;
  readonly wanted: number;
}

/** One order, and what may befall it. */
export interface Scenario {
  readonly name: string;
  readonly products: readonly Draft[];
  /** Where it begins: with the full cart, the order just placed, or the order just cancelled. */
  readonly from: 'cart' | 'order' | 'cancellation';
  readonly extras: Extras;
}

const tea: Draft = { name: 'Tea', price: 100, stock: 10, wanted: 2 };
const cup: Draft = { name: 'Cup', price: 50, stock: 5, wanted: 1 };
/** Costs 6666, which is always declined. */
const declined: Draft = { name: 'Fan', price: 3_333, stock: 4, wanted: 2 };

const none: Extras = { cancellations: 0, timeOuts: 0, interruptions: 0, faults: 0, deletion: null };
const extras: Extras = { cancellations: 1, timeOuts: 1, interruptions: 1, faults: 1, deletion: null };

/** The order that is looked at most. */
export const anOrder: Scenario = { name: 'an order that all goes well for', products: [tea], from: 'order', extras };
export const checkout: Scenario = { name: 'a checkout, from the cart on', products: [tea], from: 'cart', extras };
const short: Scenario = {
  name: 'an order whose stock is short',
  products: [tea, { ...cup, stockLater: 0 }],
  from: 'order',
  extras,
};
const refused: Scenario = { name: 'an order whose payment is declined', products: [declined], from: 'order', extras };
const deleted: Scenario = {
  name: 'an order of which a product is deleted',
  products: [tea],
  from: 'order',
  extras: { ...extras, deletion: 1 },
};
export const late: Scenario = {
  name: 'an order that is cancelled before anybody has heard of it, and answered late',
  products: [tea],
  from: 'cancellation',
  extras: { ...none, faults: 2 },
};

/** All of it. */
export const scenarios: readonly Scenario[] = [
  { ...anOrder, products: [tea, cup] },
  short,
  refused,
  { ...deleted, products: [tea, cup] },
  late,
  checkout,
];

/** Half a minute's worth of it: fewer products, and nothing happens to an order that something has happened to. */
export const reducedScenarios: readonly Scenario[] = [
  ...[anOrder, late, checkout].map((scenario) => ({
    ...scenario,
    name: `${scenario.name}, interrupted`,
    extras: { ...scenario.extras, faults: 0 },
  })),
  ...[anOrder, short, refused, deleted, checkout].map((scenario) => ({
    ...scenario,
    name: `${scenario.name}, with a fault`,
    extras: { ...scenario.extras, interruptions: 0, faults: Math.min(1, scenario.extras.faults) },
  })),
];
