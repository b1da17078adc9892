import { setTimeout as pause } from 'node:timers/promises';
import { type ProcessName, processNames } from '@shop/system/ports';
import { report } from '../rest/report.js';
import { RunningShop } from '../e2e/running-shop.js';
import { eventually } from '../support/eventually.js';
import { Calm, type Traffic } from './calm.js';
import { expectPaid, keepBuying, newBuyers, stockUp } from './keep-buying.js';
import { restartInOrder } from './restart-in-order.js';

/** Longer than SHUTDOWN_S no stop may take. */
const STOPPED_WITHIN_MS = 10_000;
/** `npm run resilience` restarts everything, the whole test run what an order can't do without. */
const RESTARTED: readonly ProcessName[] =
  process.env['TEST_SET'] === 'full' ? processNames : ['products', 'payments', 'orders', 'gateway'];
const SHOPPERS = ['REST', 'GraphQL', 'REST', 'GraphQL'] as const;

describe('services, restarted one after the other while people buy', () => {
  let shop: RunningShop;
  beforeAll(async () => {
    shop = await RunningShop.start('processes', { LOGIN_RATE_LIMIT: '0' });
  });
  afterAll(async () => {
    await shop?.stop();
  });

  it('costs no order, and no request that is made once more', async () => {
    const products = await stockUp(shop.gateway);
    const calm = new Calm();
    const traffic: Traffic = { requests: 0, repeated: [], failed: [] };
    const buyers = await newBuyers(shop.gateway, SHOPPERS, 'roller');
    const buying = Promise.all(buyers.map((buyer) => keepBuying({ ...buyer, products, calm, traffic })));

    const stops: number[] = [];
    for (const name of RESTARTED) {
      stops.push(await restartInOrder(shop, name, calm));
      // Whoever has to repeat something does, and some buy in peace before the next one goes.
      await pause(300);
    }
    calm.end();
    const bought = (await buying).flat();
    report(
      `${RESTARTED.length} processes restarted in order; ${traffic.requests} requests, ` +
        `${traffic.repeated.length} repeated, ${traffic.failed.length} failed; ${bought.length} orders; ` +
        `a stop took ${Math.max(...stops).toFixed(0)} ms at most`,
    );
    expect(bought.length).toBeGreaterThan(RESTARTED.length);
    expect(traffic.failed).toEqual([]);
    // Nobody's code failed: there was only nobody to ask.
    expect(traffic.repeated.filter((trouble) => /500|INTERNAL/.test(trouble))).toEqual([]);
    expect(Math.max(...stops)).toBeLessThan(STOPPED_WITHIN_MS);
    for (const name of RESTARTED) expect(shop.said).toContain(`${name} has ended with code 0`);

    await eventually(() => expectPaid(shop, bought, products), { timeoutMs: 30_000, everyMs: 300 });
  }, 240_000);
});
