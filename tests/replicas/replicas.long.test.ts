import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Shopper } from '@shop/system/demo/shopper';
import { processNames } from '@shop/system/ports';
import { ReplicatedShop } from './replicated-shop.js';
import { thePurchase } from '../e2e/the-purchase.js';
import { Calm, type Traffic } from '../resilience/calm.js';
import { expectPaid, keepBuying, newBuyers, stockUp } from '../resilience/keep-buying.js';
import { report } from '../rest/report.js';
import { eventually } from '../support/eventually.js';
import { Scrape } from '../support/scrape.js';

const SHOPPERS = ['REST', 'GraphQL', 'REST', 'GraphQL'] as const;
const ORDERS = 12;
const PATIENT = { timeoutMs: 60_000, everyMs: 50 };

/** Three of the service that does most, two of everything else. */
const countOf = (name: string) => (name === 'orders' ? 3 : 2);

describe('many processes of every service behind one address each', () => {
  let shop: ReplicatedShop;
  beforeAll(async () => {
    shop = await ReplicatedShop.start(countOf);
  }, 240_000);
  afterAll(async () => {
    await shop?.stop();
  });

  describe('the purchase', () =>
    thePurchase(async () => ({
      gateway: shop.gateway,
      service: (port: number) => shop.service(port),
      stop: async () => undefined,
    })));

  const addressOf = ({ port }: { readonly port: number }) => `http://127.0.0.1:${port}`;
  const scrapes = (name: 'orders' | 'gateway') =>
    Promise.all(shop.replicas(name).map((replica) => Scrape.of(addressOf(replica))));

  it('show a subscriber at one gateway what any orders process settles', async () => {
    const [product] = await stockUp(shop.gateway);
    const [first, second] = shop.replicas('gateway').map(addressOf);
    const name = `s${randomUUID().replaceAll('-', '').slice(0, 20)}`;
    const watcher = await Shopper.register(first ?? '', name);
    const buyer = await Shopper.login(second ?? '', name, `${name}-passphrase`);
    const seen = new Map<string, string[]>();
    const watching = (async () => {
      for await (const { uuid, version, status } of watcher.statuses()) {
        seen.set(uuid, [...(seen.get(uuid) ?? []), `${version} ${status}`]);
        if ([...seen.values()].filter((steps) => steps.at(-1) === '2 PAID').length === ORDERS) return;
      }
    })();
    // One orders process has the stream.
    const open = (scrape: Scrape) => scrape.value('graphql_subscriptions') ?? 0;
    await eventually(async () => expect((await scrapes('orders')).map(open).toSorted()).toEqual([0, 0, 1]), PATIENT);
    const settled = (scrape: Scrape) => scrape.value('order_saga_duration_seconds_count', { outcome: 'paid' }) ?? 0;
    const before = await scrapes('orders');
    for (let n = 0; n < ORDERS; n += 1) {
      await buyer.addToCart(String(product));
      await buyer.placeOrder();
    }
    await watching;
    expect([...seen.values()]).toEqual(Array.from({ length: ORDERS }, () => ['1 PENDING', '2 PAID']));
    const after = await scrapes('orders');
    const elsewhere = after.map((scrape, n) => {
      const was = before[n];
      return was && open(was) === 0 ? settled(scrape) - settled(was) : 0;
    });
    // Each of those without the stream has settled some.
    expect(elsewhere.filter((count) => count > 0)).toHaveLength(2);
    await Promise.all([watcher.close(), buyer.close()]);
  });

  it('lose one of each while people buy, who at most ask once more', async () => {
    const products = await stockUp(shop.gateway);
    const calm = new Calm();
    const traffic: Traffic = { requests: 0, repeated: [], failed: [] };
    const buyers = await newBuyers(shop.gateway, SHOPPERS, 'killer');
    const buying = Promise.all(buyers.map((buyer) => keepBuying({ ...buyer, products, calm, traffic })));
    await pause(500);

    const coming: Promise<void>[] = [];
    for (const name of processNames) {
      const [victim] = shop.replicas(name);
      if (victim) coming.push(shop.crash(victim));
      // Whoever lost an answer asks again before the next one goes; nobody waits for the one that was killed.
      await eventually(() => expect(calm.unfinished).toBe(0), PATIENT);
      await pause(300);
    }
    await Promise.all(coming);
    await pause(500);
    calm.end();
    const bought = (await buying).flat();
    report(
      `one of each of ${processNames.length} killed: ${traffic.requests} requests, ${traffic.repeated.length} repeated, ` +
        `${traffic.failed.length} failed; ${bought.length} orders`,
    );
    expect(traffic.failed).toEqual([]);
    expect(shop.said.match(/was ended by SIGKILL/g)).toHaveLength(processNames.length);
    await eventually(() => expectPaid(shop, bought, products), { timeoutMs: 60_000, everyMs: 300 });
  }, 240_000);
});
