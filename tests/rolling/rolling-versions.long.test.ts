import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Shopper } from '@shop/system/demo/shopper';
import { ReplicatedShop } from '../replicas/replicated-shop.js';
import { Calm, type Traffic } from '../resilience/calm.js';
import { expectPaid, keepBuying, newBuyers, stockUp } from '../resilience/keep-buying.js';
import { report } from '../rest/report.js';
import { connected } from '../support/connected.js';
import { eventually } from '../support/eventually.js';
import { NextOrders } from './next-orders.js';

const SHOPPERS = ['REST', 'GraphQL', 'REST'] as const;
const ADDRESS = '1 Tràng Tiền, Hà Nội';
/** So long at least both versions work side by side. */
const SIDE_BY_SIDE_MS = 1_000;

/** A version of the orders service; this one unless it has a script of its own. */
interface Version {
  readonly name: string;
  readonly script: string | undefined;
}

describe('two versions of orders, side by side on one database and one broker', () => {
  let shop: ReplicatedShop;
  let next: NextOrders;
  beforeAll(async () => {
    next = NextOrders.make();
    shop = await ReplicatedShop.start((name) => (name === 'orders' ? 2 : 1));
  });
  afterAll(async () => {
    await shop?.stop();
    next?.remove();
  });

  it('sell on while the new one takes over, and while the old one comes back', async () => {
    const now: Version = { name: 'this version', script: undefined };
    const then: Version = { name: 'the next version', script: next.script };
    const products = await stockUp(shop.gateway);
    const addressee = await Shopper.register(shop.gateway, `a${randomUUID().replaceAll('-', '').slice(0, 20)}`);
    const calm = new Calm();
    const traffic: Traffic = { requests: 0, repeated: [], failed: [] };
    const buyers = await newBuyers(shop.gateway, SHOPPERS, 'roller');
    const buying = Promise.all(buyers.map((buyer) => keepBuying({ ...buyer, products, calm, traffic })));

    const addressed: string[] = [];
    /** Whoever is asked reads addresses as they were written. */
    const read = async (uuids: readonly string[]) => {
      const query = 'query Address($id: ID!) { order(id: $id) { shippingAddress } }';
      for (const uuid of uuids)
        expect(await addressee.run(query, { id: uuid })).toEqual({ order: { shippingAddress: ADDRESS } });
    };
    /** Another order with an address, read with those before it. */
    const address = async () => {
      await addressee.addToCart(String(products[0]));
      addressed.push((await addressee.placeOrder()).uuid);
      await read(addressed.slice(-6));
    };
    /** How many orders there are whose two columns are not the same. */
    const apart = async () => {
      const sql = 'select count(*)::int as n from orders where delivery_address is distinct from shipping_address';
      return (await connected(shop.database('orders'), (client) => client.query<{ n: number }>(sql))).rows[0]?.n;
    };
    const roll = async (to: Version) => {
      for (const old of [...shop.replicas('orders')]) {
        await shop.startReplica('orders', to.script);
        // Three processes, two orders for each: whoever reads has not written it.
        const until = performance.now() + SIDE_BY_SIDE_MS;
        while (performance.now() < until || addressed.length % 6 !== 0) await address();
        await shop.retire(old);
        await address();
      }
      await read(addressed);
      expect(await apart()).toBe(0);
    };
    await address();
    await pause(SIDE_BY_SIDE_MS);
    await roll(then);
    await roll(now);
    calm.end();
    const bought = (await buying).flat();
    await addressee.close();

    report(
      `two versions of orders, there and back: ${traffic.requests} requests, ${traffic.repeated.length} repeated, ` +
        `${traffic.failed.length} failed; ${bought.length + addressed.length} orders`,
    );
    expect(traffic.failed).toEqual([]);
    // A machine that is too busy to answer in time says nothing of versions.
    expect(traffic.repeated.filter((trouble) => !trouble.includes('no answer within'))).toEqual([]);
    expect(shop.said).toBe('');
    await eventually(() => expectPaid(shop, bought, products), { timeoutMs: 60_000, everyMs: 300 });
  }, 240_000);
});
