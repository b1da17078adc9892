import { setTimeout as pause } from 'node:timers/promises';
import { admin } from '../e2e/running-shop.js';
import { type Added, Customer } from './customer.js';
import { GraphqlClient } from './graphql-client.js';
import { DECLINED_TOTAL, type Wish } from './evidence.js';
import type { Patience } from './patience.js';
import type { Assortment } from './plans.js';
import { type Plan, type Purchase, purchase } from './purchase.js';
import type { Random } from './random.js';
import { RestClient } from './rest-client.js';
import { Shopkeeping } from './shopkeeping.js';

const STOCK = 1_000_000;
/** So many customers register side by side. */
const AT_ONCE = 4;
const CHANGING = 3;
const DOOMED = 10;

interface Opening {
  readonly gateway: string;
  readonly patience: Patience;
  readonly random: Random;
  readonly people: number;
  /** How many products there are one of. */
  readonly scarce: number;
}

/** The shopkeeper, the goods and the customers of a run, made while nothing is wrong yet. */
export class Market {
  readonly purchases: Purchase[] = [];
  /** How often what is scarce was gone before it was in a cart. Something else was bought instead. */
  refused = 0;
  /** What ended in no order, and why. */
  readonly failures: string[] = [];

  private constructor(
    private readonly gateway: string,
    private readonly patience: Patience,
    private readonly shopkeeper: RestClient,
    readonly customers: readonly Customer[],
    readonly assortment: Assortment,
    private readonly stocks: ReadonlyMap<number, number>,
    private readonly shopkeeping: Shopkeeping,
  ) {}

  static async open({ gateway, patience, random, people, scarce }: Opening): Promise<Market> {
    const shopkeeper = new RestClient(gateway);
    await patience.insist(() => shopkeeper.logIn(admin.email, admin.password));
    const drafts = [
      ...Array.from({ length: 5 }, (_, n) => ({ name: `Plenty ${n}`, price: 1_000 + 100 * n, stock: STOCK })),
      { name: 'Declined', price: DECLINED_TOTAL, stock: STOCK },
      ...Array.from({ length: CHANGING }, (_, n) => ({ name: `Changing ${n}`, price: 2_000, stock: 50 })),
      ...Array.from({ length: DOOMED }, (_, n) => ({ name: `Going ${n}`, price: 1_500, stock: STOCK })),
      ...Array.from({ length: scarce }, (_, n) => ({ name: `The last one ${n}`, price: 900, stock: 1 })),
    ];
    const ids = await shopkeeper.createProducts(drafts);
    const left = ids.slice(6);
    const assortment = {
      ...{ plenty: ids.slice(0, 5), declined: ids[5] ?? 0 },
      ...{ changing: left.splice(0, CHANGING), doomed: left.splice(0, DOOMED), scarce: left },
    };
    const stocks = new Map(ids.map((id, index) => [id, drafts[index]?.stock ?? 0]));
    const customers: Customer[] = [];
    while (customers.length < people) {
      const names = Array.from(
        { length: Math.min(AT_ONCE, people - customers.length) },
        (_, n) => customers.length + n,
      );
      customers.push(...(await Promise.all(names.map((n) => customer(gateway, `chaos${n}`, patience)))));
    }
    const shopkeeping = new Shopkeeping(shopkeeper, patience, random, assortment);
    return new Market(gateway, patience, shopkeeper, customers, assortment, stocks, shopkeeping);
  }

  /** Everybody buys by plan: the plans come evenly over the time, and each is taken up by who is free first. */
  async trade(plans: readonly Plan[], durationMs: number): Promise<void> {
    const began = performance.now();
    let next = 0;
    const buyer = async (customer: Customer) => {
      for (let number = next++; number < plans.length; number = next++) {
        const plan = plans[number];
        await pause(Math.max(began + (number * durationMs) / plans.length - performance.now(), 0));
        if (plan) await this.buy(customer, plan, `order-${number}`);
      }
    };
    await Promise.all([...this.customers.map(buyer), this.shopkeeping.run(durationMs)]);
  }

  /** Stock at the start by product, but for those whose stock an administrator has set since. */
  get initial(): ReadonlyMap<number, number> {
    return new Map([...this.stocks].filter(([id]) => !this.shopkeeping.restocked.has(id)));
  }

  /** What was put into carts, but for products that an administrator took out of them. */
  get added(): readonly Added[] {
    const all = this.customers.flatMap(({ added }) => [...added.values()]);
    return all.filter(({ product }) => !this.shopkeeping.deleted.has(product));
  }

  /** What was meant by each order. */
  get wishes(): readonly Wish[] {
    return this.purchases.flatMap(({ told: [first], plan }) =>
      first ? [{ uuid: first.uuid, cancels: plan.cancel }] : [],
    );
  }

  /** The products of which there is enough for everybody, for as long as the shop is open. */
  get plentiful(): readonly number[] {
    return [...this.assortment.plenty, this.assortment.declined];
  }

  /** Somebody looks at everything once more, so that the cache has something to say. */
  async lookAround(): Promise<void> {
    const { plenty, changing } = this.assortment;
    for (const id of [...plenty, ...changing]) await this.patience.insist(() => this.shopkeeper.product(id));
  }

  /** What an administrator has changed. */
  get edits(): { readonly changes: number; readonly deletions: number } {
    const deletions = this.shopkeeping.deleted.size;
    return { changes: this.shopkeeping.edits - deletions, deletions };
  }

  /** The only one in stock may be gone before it is in the second cart; an administrator may have taken all of it, or it. */
  private isGone(product: number, why: string): boolean {
    const { scarce, changing } = this.assortment;
    if (this.shopkeeping.deleted.has(product)) return why.includes('not found');
    return [...scarce, ...changing].includes(product) && why.includes('insufficient stock');
  }

  /** A failed purchase is no reason to stop: it is looked into at the end. */
  private async buy(customer: Customer, plan: Plan, key: string): Promise<void> {
    const { gateway, patience, shopkeeper } = this;
    try {
      this.purchases.push(await purchase({ gateway, patience, shopkeeper }, customer, plan, key));
    } catch (error) {
      const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      if (this.isGone(plan.product, why)) {
        this.refused += 1;
        return this.buy(customer, { ...plan, product: this.assortment.plenty[0] ?? 0 }, `${key}-instead`);
      }
      this.failures.push(`${customer.username}, ${key}, by ${customer.clients[plan.door]?.door}: ${why}`);
    }
  }
}

async function customer(gateway: string, username: string, patience: Patience): Promise<Customer> {
  const rest = new RestClient(gateway);
  const graphql = new GraphqlClient(gateway);
  const userId = await rest.register(username);
  const made = new Customer(userId, username, [rest, graphql], patience);
  for (const client of made.clients) await made.logIn(client);
  return made;
}
