import { execFileSync } from 'node:child_process';
import { type ServiceName, serviceNames, servicePorts } from '@shop/shared/backing/roster';
import { type Fuzzed, fuzz } from './fuzz/fuzzer.js';
import { type Operation, operationsOf } from './fuzz/operations.js';
import type { Known } from './fuzz/values.js';
import { report } from './report.js';
import { RestShopper } from './rest-shopper.js';
import { admin, RunningShop } from '../e2e/running-shop.js';
import { eventually } from '../support/eventually.js';
import { violations } from '../support/invariants.js';

/** `npm run fuzz` sets these; within the whole test run a few hundred requests a service have to do. */
const COUNT = Number(process.env['TEST_REQUESTS'] ?? 250);
const SEED = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000);
const ONLY = process.env['TEST_SERVICE'];
/** A second for every 10 requests, and never less than 30: far above what a healthy service needs, also on a busy machine. */
const LIMIT_MS = Math.max(30_000, COUNT * 100);
const MOST_GROWTH_MB = 400;
/** So little that what is never let go would end the shop. */
const HEAP = '--max-old-space-size=256';

type Target = ServiceName | 'gateway';
const targets: readonly Target[] = [...serviceNames, 'gateway' as const].filter((name) => !ONLY || name === ONLY);

describe('requests of all sorts', () => {
  let shop: RunningShop;
  let shopkeeper: RestShopper;
  let customer: RestShopper;
  let memoryBefore: number;
  let round = 0;
  const originOf = (target: Target) => (target === 'gateway' ? shop.gateway : shop.service(servicePorts[target]));
  const operationsAt = async (target: Target): Promise<Operation[]> => {
    const described = await operationsOf(originOf(target));
    // Some services have nothing for REST clients.
    return described.length > 0
      ? described
      : [{ method: 'GET', path: '/healthz', query: [], headers: [], body: undefined }];
  };

  beforeAll(async () => {
    shop = await RunningShop.start('embedded', { LOGIN_RATE_LIMIT: '0', NODE_OPTIONS: HEAP });
    shopkeeper = await RestShopper.login(shop.gateway, admin.email, admin.password);
    customer = await RestShopper.register(shop.gateway);
    memoryBefore = memoryOf(shop.pid);
  });
  afterAll(async () => {
    await shop?.stop();
  });

  /** Stocks the shop anew, so that the requests have something to find, and names it. */
  const known = async (): Promise<Known> => {
    const { id } = await shopkeeper.createProduct({ name: 'Something to find', price: 1_000, stock: 50 });
    await customer.addToCart(id);
    await customer.placeOrder();
    await customer.addToCart(id);
    round += 1;
    const [products, cart, orders] = await Promise.all([shopkeeper.products(), customer.cart(), customer.orders()]);
    const uuids = orders.slice(0, 5).map(({ uuid }) => uuid);
    const ids = [...cart.slice(-3), ...orders.slice(0, 3), { id }].map((one) => one.id);
    return {
      id: [...ids, ...uuids],
      product_id: [id, ...products.slice(-3).map((product) => product.id)],
      order_uuid: uuids,
      status: ['Cancelled', 'Shipped', 'Delivered', 'Paid', 'Pending'],
      email: ['linh@example.com', `round${round}@example.com`],
      username: ['linh', `round${round}`],
      login: [admin.email, 'linh'],
      password: [admin.password, 'a long passphrase'],
      limit: [1, 2, 500],
      quantity: [1, 2, 3],
      price: [1, 1_000, 6_666],
      stock: [0, 5, 100],
      level: ['info', 'error'],
      service: ['orders', 'till'],
      message: ['sold out'],
      timestamp: ['2026-01-31T12:00:00.000Z'],
      trace_id: ['0af7651916cd43dd8448eb211c80319c'],
    };
  };

  it.each(targets)(
    'are answered as the contract says: %s',
    async (target) => {
      const fuzzed: Fuzzed = await fuzz({
        port: Number(new URL(originOf(target)).port),
        operations: await operationsAt(target),
        tokens: { customer: customer.token, admin: shopkeeper.token },
        count: COUNT,
        seed: SEED,
        until: performance.now() + LIMIT_MS,
        known,
      });
      report(`${target}: ${fuzzed.sent} requests, seed ${SEED}: ${JSON.stringify(fuzzed.statuses)}`);
      expect({ seed: SEED, findings: fuzzed.findings }).toEqual({ seed: SEED, findings: [] });
      expect(fuzzed.sent).toBe(COUNT);
    },
    LIMIT_MS + 30_000,
  );

  it('leave every service well: it is ready, sells, and has not grown out of bounds', async () => {
    for (const target of targets)
      for (const path of ['/healthz', '/readyz'])
        expect([target, path, (await fetch(originOf(target) + path)).status]).toEqual([target, path, 200]);
    const product = await shopkeeper.createProduct({ name: 'The last proof', price: 1_234, stock: 5 });
    const buyer = await RestShopper.register(shop.gateway);
    await buyer.addToCart(product.id, 2);
    const { uuid } = await buyer.placeOrder();
    expect(await buyer.decided(uuid)).toMatchObject({ status: 'Paid', total: 2_468 });
    expect(await buyer.payment(uuid)).toMatchObject({ status: 'SUCCEEDED', amount: 2_468 });
    expect(await shopkeeper.product(product.id)).toMatchObject({ stock: 3 });
    await eventually(() => expect(memoryOf(shop.pid) - memoryBefore).toBeLessThan(MOST_GROWTH_MB), {
      timeoutMs: 10_000,
    });
    report(`memory: ${memoryBefore} MB before, ${memoryOf(shop.pid)} MB after`);
    await eventually(async () => expect(await violations(shop, new Map([[product.id, 5]]))).toEqual([]), {
      timeoutMs: 30_000,
      everyMs: 200,
    });
  });
});

/** What a process has in memory, in MB. */
function memoryOf(pid: number): number {
  return Math.round(Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)])) / 1024);
}
