import type { Random } from './random.js';
import type { Plan } from './purchase.js';

/** The products of a run, by what becomes of their orders. */
export interface Assortment {
  /** Enough for everybody. */
  readonly plenty: readonly number[];
  /** One costs what the provider declines. */
  readonly declined: number;
  /** One of each, for two customers. */
  readonly scarce: readonly number[];
  /** An administrator changes their prices and stocks. */
  readonly changing: readonly number[];
  /** An administrator deletes them, sooner or later. */
  readonly doomed: readonly number[];
}

/** Of 100 orders. What is left is bought and paid. */
const SHARES = { scarce: 8, declined: 6, cancelled: 10, changing: 10, doomed: 6 };

/** How many single products two customers each shall try for. */
export function scarceProducts(orders: number): number {
  return Math.ceil((orders * SHARES.scarce) / 200);
}

/** Every order of a run. Both orders of a scarce product come one after the other. */
export function planOrders(
  random: Random,
  orders: number,
  { plenty, declined, scarce, changing, doomed }: Assortment,
): Plan[] {
  const manners = () => ({
    door: random.chance(0.5) ? (1 as const) : (0 as const),
    logIn: random.chance(0.3),
    follow: random.chance(0.35),
    repeat: random.chance(0.15),
  });
  const one = (product: number, rest: Partial<Plan> = {}): Plan => ({
    ...{ product, quantity: 1, cancel: false, deliver: false },
    ...manners(),
    ...rest,
  });
  const few = (share: number) => Array.from({ length: Math.ceil((orders * share) / 100) });
  const someOf = (products: readonly number[], share: number) =>
    products.length > 0 ? few(share).map((_, n) => [one(products[n % products.length] ?? 0)]) : [];
  const pairs = scarce.map((product) => [one(product), one(product)]);
  const special = [
    ...few(SHARES.declined).map(() => [one(declined)]),
    ...someOf(changing, SHARES.changing),
    ...someOf(doomed, SHARES.doomed),
    ...few(SHARES.cancelled).map(() => [one(plenty[0] ?? 0, { cancel: true })]),
  ];
  const left = Math.max(orders - 2 * pairs.length - special.length, 0);
  const usual = Array.from({ length: left }, (_, n) => {
    const quantity = 1 + (n % 3);
    return [one(plenty[n % plenty.length] ?? 0, { quantity, deliver: random.chance(0.15) })];
  });
  return random
    .shuffled([...pairs, ...special, ...usual])
    .flat()
    .slice(0, orders);
}
