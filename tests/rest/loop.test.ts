import pg from 'pg';
import { closedLoop } from './closed-loop.js';
import { report } from './report.js';
import { RestShopper } from './rest-shopper.js';
import { admin, type Mode, RunningShop } from '../e2e/running-shop.js';
import { eventually } from '../support/eventually.js';
import { violations } from '../support/invariants.js';
import { quantiles } from '../support/quantiles.js';

/** `npm run loop` sets these; within the whole test run a few seconds have to do, and one mode: others buy from processes. */
const { TEST_SECONDS } = process.env;
const SECONDS = Number(TEST_SECONDS ?? 3);
const SHOPPERS = Number(process.env['TEST_SHOPPERS'] ?? 8);
const ONLY = TEST_SECONDS === undefined ? 'embedded' : process.env['TEST_MODE'];
const PLENTY = 1_000_000;
const SCARCE = 3;

const modes = (['embedded', 'processes'] as const).filter((mode) => !ONLY || mode === ONLY);

describe.each<Mode>(modes)('shoppers who buy one thing after the other, over REST: %s', (mode) => {
  let shop: RunningShop;
  let shopkeeper: RestShopper;
  let initial: ReadonlyMap<number, number>;
  beforeAll(async () => {
    shop = await RunningShop.start(mode, { LOGIN_RATE_LIMIT: '0' });
    shopkeeper = await RestShopper.login(shop.gateway, admin.email, admin.password);
  });
  afterAll(async () => {
    await shop?.stop();
  });

  it(
    'get what they pay for, and no more than there is',
    async () => {
      const draft = (name: string, stock: number) => shopkeeper.createProduct({ name, price: 1_500, stock });
      const plenty = await Promise.all(['Tea', 'Cup', 'Lantern'].map((name) => draft(name, PLENTY)));
      const scarce = await draft('The last ones', SCARCE);
      initial = new Map([...plenty.map(({ id }) => [id, PLENTY] as const), [scarce.id, SCARCE]]);

      const began = performance.now();
      const looped = await closedLoop({
        origin: shop.gateway,
        shoppers: SHOPPERS,
        until: began + SECONDS * 1_000,
        plenty: plenty.map(({ id }) => id),
        scarce: scarce.id,
      });
      const seconds = (performance.now() - began) / 1_000;
      report(
        `${mode}: ${SHOPPERS} shoppers, ${seconds.toFixed(1)} s: ${looped.paid} paid, ${looped.soldOut} too late, ` +
          `${Object.keys(looped.failures).length} sorts of failure; ${(looped.paid / seconds).toFixed(1)} purchases/s; ` +
          `purchase ${quantiles(looped.purchases)}; placed to Paid ${quantiles(looped.placedToPaid)}`,
      );
      expect(looped.failures).toEqual({});
      expect(looped.paid).toBeGreaterThanOrEqual(SHOPPERS);
      expect(looped.soldOut).toBeGreaterThan(0);
      await eventually(async () => expect(await violations(shop, initial)).toEqual([]), {
        timeoutMs: 20_000,
        everyMs: 200,
      });
      expect((await shopkeeper.product(scarce.id)).stock).toBeLessThan(2);
    },
    SECONDS * 1_000 + 60_000,
  );

  // Once is enough: what is looked at is the same in both modes.
  if (mode !== modes[0]) return;
  it('would be found out otherwise', async () => {
    for (const [service, damage, ...invariants] of damages) {
      await run(shop.database(service), damage);
      const found = await violations(shop, initial);
      expect(found.map(({ invariant }) => invariant)).toEqual(expect.arrayContaining(invariants));
    }
  });
});

/** What would break each invariant, one after the other: the checker has to see it. */
const damages: readonly (readonly [service: string, damage: string, ...invariants: string[]])[] = [
  ['orders', `update orders set total = total + 1`, 'an order costs what its items do'],
  ['orders', `delete from order_history where version = 1`, 'versions of an order have no gap'],
  ['orders', `update intents set state = 'open'`, 'no intent stays open'],
  [
    'orders',
    `update outbox set published_at = null, claimed_until = 'infinity' where destination = 'redis'`,
    'no outbox row is unpublished',
  ],
  [
    'orders',
    `update orders set status = 'Cancelled', reason = 'TIMED_OUT' where id = (select min(id) from orders where status = 'Paid')`,
    'a cancelled order holds no stock',
    'a cancelled order has no payment, a FAILED or a REFUNDED one',
    'a cancelled order has cost nothing',
    'stock at the start is stock now and what orders hold',
  ],
  ['orders', `update orders set status = 'Pending', reason = null`, 'no order stays Pending'],
  ['orders', `update orders set status = 'Paid'`, 'a paid order has exactly one SUCCEEDED payment, of its total'],
  ['payments', `delete from provider_ledger`, 'a paid order was charged once and not refunded'],
  ['products', `update reservations set items = '[]'`, 'a paid order has reserved exactly its items'],
  [
    'products',
    `insert into reservations values (gen_random_uuid(), 'reserved', '[]', '[]', now(), now())`,
    'stock is reserved for orders alone',
  ],
  ['cart', `update checkouts set answer = '[]'`, 'what a cart gave is in the order that took it'],
  ['cart', `insert into checkouts values (gen_random_uuid(), 1, 'taken', '[]')`, 'what left a cart is in an order'],
];

async function run(databaseUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
