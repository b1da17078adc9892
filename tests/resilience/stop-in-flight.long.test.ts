import { randomUUID } from 'node:crypto';
import { Shopper } from '@shop/system/demo/shopper';
import { admin, RunningShop } from '../e2e/running-shop.js';
import { eventually } from '../support/eventually.js';
import { violations } from '../support/invariants.js';
import { stopInOrder } from './running-process.js';

const STOCK = 10;
const ORDERS = 3;
/** SHUTDOWN_S, and what the clock of a busy machine adds. */
const STOPPED_WITHIN_MS = 10_500;

/** A charge takes longer than a stop waits for it. */
const SLOW_PROVIDER = { PAYMENT_LATENCY_MS: '9000', PAYMENT_TIMEOUT_MS: '20000', LOGIN_RATE_LIMIT: '0' };

describe('payments, asked to stop while it waits for its provider', () => {
  let shop: RunningShop;
  let shopkeeper: Shopper;
  let person: Shopper;
  beforeAll(async () => {
    shop = await RunningShop.start('processes', SLOW_PROVIDER);
    shopkeeper = await Shopper.login(shop.gateway, admin.email, admin.password);
    person = await Shopper.register(shop.gateway, `s${randomUUID().replaceAll('-', '').slice(0, 20)}`);
  });
  afterAll(async () => {
    await Promise.all([shopkeeper?.close(), person?.close()]);
    await shop?.stop();
  });

  it('gives what is in flight back to its queue, stops in time, and charges once in the end', async () => {
    const product = await shopkeeper.createProduct({ name: 'Tea', price: 1_000, stock: STOCK });
    const uuids: string[] = [];
    for (let n = 0; n < ORDERS; n += 1) {
      await person.addToCart(product.id);
      uuids.push((await person.placeOrder()).uuid);
    }
    await eventually(async () => expect(await statuses(uuids)).toEqual(uuids.map(() => 'PENDING')));

    expect(await stopInOrder(shop, 'payments')).toBeLessThan(STOPPED_WITHIN_MS);
    await eventually(() => expect(shop.said).toContain('payments has ended with code 0'));
    expect(await statuses(uuids)).toEqual(uuids.map(() => 'PENDING'));

    await eventually(
      async () => {
        expect(await statuses(uuids)).toEqual(uuids.map(() => 'PAID'));
        expect(await violations(shop, new Map([[Number(product.id), STOCK]]))).toEqual([]);
      },
      { timeoutMs: 60_000, everyMs: 300 },
    );
  });

  async function statuses(uuids: readonly string[]): Promise<(string | undefined)[]> {
    const query = 'query Status($id: ID!) { order(id: $id) { status } }';
    const orders = await Promise.all(
      uuids.map((id) => person.run<{ order: { status: string } | null }>(query, { id }).catch(() => undefined)),
    );
    return orders.map((found) => found?.order?.status);
  }
});
