import { randomUUID } from 'node:crypto';
import { gatewayPort, serviceNames, servicePorts } from '@shop/shared/backing/roster';
import { Shopper } from '@shop/system/demo/shopper';
import { admin, RunningShop } from './running-shop.js';
import { report } from '../rest/report.js';
import { connected } from '../support/connected.js';
import { eventually } from '../support/eventually.js';
import { PostgresMeter, type Runs } from '../support/postgres-meter.js';
import { Scrape } from '../support/scrape.js';
import { required } from '../support/test-environment.js';

/** Relays, sweepers and queues look every second. */
const SEVERAL_POLLS_MS = 3_500;
const PURCHASES = 5;

/**
 * What one more may cost: a change that needs more says why, and moves these. Statements that travel in one message count as one. What
 * polls say is not counted, nor are a begin and a commit that travel alone, nor what writes the lines of the log that a moment
 * brought. Marks of what was handed over are made for all of a moment too, and counted apart: one for each row of an outbox at most.
 */
const BUDGET = {
  purchase: { statements: 30, bytes: 16_500, marks: 8, calls: 2 },
  page: { statements: 0, bytes: 0, marks: 0, calls: 1 },
  product: { statements: 0, bytes: 0, marks: 0, calls: 1 },
};
const MARK = /^update outbox set published_at/;
const LOG = /^insert into log_entries/;
const MESSAGES = ['order.requested', 'stock.reserved', 'order.paid', 'order.confirmed', 'product.updated'];

/** What shows, in the database that knows it, that something of an order is left to be done. */
const LEFT: Readonly<Record<string, string>> = {
  orders: `select 1 from orders where uuid = $1 and status = 'Pending' union all
    select 1 from outbox where published_at is null and $1::uuid is not null`,
  products: 'select 1 from outbox where published_at is null and $1::uuid is not null',
  payments: 'select 1 from outbox where published_at is null and $1::uuid is not null',
  cart: `select 1 where not exists (select 1 from checkouts where order_uuid = $1 and state = 'closed')`,
  mailer: `select 1 where not exists (select 1 from emails where order_uuid = $1 and status = 'SENT')`,
};

interface Cost {
  readonly statements: number;
  readonly bytes: number;
  readonly marks: number;
  readonly calls: number;
}

describe('what an operation costs, whatever the machine', () => {
  let postgres: PostgresMeter;
  let shop: RunningShop;
  let person: Shopper;
  let product: string;

  beforeAll(async () => {
    postgres = await PostgresMeter.before(required('DATABASE_URL'));
    shop = await RunningShop.start('processes', { PAYMENT_LATENCY_MS: '0' }, { databaseUrl: postgres.url });
    const shopkeeper = await Shopper.login(shop.gateway, admin.email, admin.password);
    person = await Shopper.register(shop.gateway, `c${randomUUID().replaceAll('-', '').slice(0, 20)}`);
    product = (await shopkeeper.createProduct({ name: 'Tea', price: 1_000, stock: 1_000 })).id;
    await shopkeeper.close();
    await buy();
    await postgres.learnBackground(SEVERAL_POLLS_MS);
  });

  afterAll(async () => {
    await person?.close();
    await shop?.stop();
    await postgres?.stop();
  });

  /** Buys, and waits until nothing of it is left to be done, without a statement that is counted. */
  async function buy(): Promise<void> {
    await person.addToCart(product);
    const { uuid } = await person.placeOrder();
    for (const [service, left] of Object.entries(LEFT)) {
      const url = new URL(required('DATABASE_URL'));
      url.pathname = new URL(shop.database(service)).pathname;
      await connected(url.href, (client) =>
        eventually(async () => expect((await client.query(left, [uuid])).rows).toEqual([]), { timeoutMs: 15_000 }),
      );
    }
  }

  const total = async (port: number, name: string) => (await Scrape.of(shop.service(port))).value(name) ?? 0;
  const callsSoFar = () => total(gatewayPort, 'gateway_subgraph_request_duration_seconds_count');

  /** Of each statement the least of several runs: what polls say, or is said in two because the machine is slow, is left out. */
  async function costOf(operation: () => Promise<unknown>): Promise<Cost> {
    const statements: ReadonlyMap<string, Runs>[] = [];
    const calls: number[] = [];
    for (let run = 0; run < PURCHASES; run += 1) {
      const before = await callsSoFar();
      postgres.take();
      await operation();
      statements.push(postgres.take());
      calls.push((await callsSoFar()) - before);
    }
    const [first = new Map<string, Runs>()] = statements;
    const [marks, others] = [
      (shape: string) => MARK.test(shape),
      (shape: string) => !MARK.test(shape) && !LOG.test(shape),
    ];
    const least = (which: typeof marks, of: keyof Runs) =>
      [...first.keys()]
        .filter(which)
        .reduce((sum, shape) => sum + Math.min(...statements.map((each) => each.get(shape)?.[of] ?? 0)), 0);
    return {
      ...{ statements: least(others, 'count'), bytes: least(others, 'bytes') },
      ...{ marks: least(marks, 'count'), calls: Math.min(...calls) },
    };
  }

  function expectWithin(cost: Cost, budget: Cost): void {
    report(
      `${cost.statements} statements of ${cost.bytes} bytes, ${cost.marks} marks, ${cost.calls} calls of subgraphs`,
    );
    expect(cost.statements).toBeLessThanOrEqual(budget.statements);
    expect(cost.bytes).toBeLessThanOrEqual(budget.bytes);
    expect(cost.marks).toBeLessThanOrEqual(budget.marks);
    expect(cost.calls).toBe(budget.calls);
  }

  it('a purchase, to its mail: statements, their bytes, calls of subgraphs, and each message once', async () => {
    const published = async () => {
      const scrapes = await Promise.all(serviceNames.map((name) => Scrape.of(shop.service(servicePorts[name]))));
      const count = (type: string) =>
        scrapes.reduce(
          (sum, scrape) => sum + (scrape.value('message_publication_duration_seconds_count', { type }) ?? 0),
          0,
        );
      return Object.fromEntries(MESSAGES.map((type) => [type, count(type)]));
    };
    const before = await published();
    const cost = await costOf(buy);
    expectWithin(cost, BUDGET.purchase);
    // Else nothing was counted.
    expect(cost.statements).toBeGreaterThan(BUDGET.purchase.statements / 2);
    const after = await published();
    expect(MESSAGES.map((type) => [type, (after[type] ?? 0) - (before[type] ?? 0)])).toEqual(
      MESSAGES.map((type) => [type, PURCHASES]),
    );
  });

  it('a page of the catalogue, and a product, once they are cached: no statement', async () => {
    const page = () => person.run('{ products(first: 20) { edges { node { id name price } } } }');
    const one = () => person.run('query ($id: ID!) { product(id: $id) { id name price stock } }', { id: product });
    for (const look of [page, one]) await look();
    expectWithin(await costOf(page), BUDGET.page);
    expectWithin(await costOf(one), BUDGET.product);
  });
});
