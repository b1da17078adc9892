import { randomUUID } from 'node:crypto';
import { Shopper } from '@shop/system/demo/shopper';
import { admin, RunningShop } from './running-shop.js';
import { eventually } from '../support/eventually.js';

/** Long enough for a service to be killed while the order is in the middle of its saga. */
const PAYMENT_LATENCY_MS = '1500';

describe('a service that is killed in the middle of an order', () => {
  let shop: RunningShop;
  let shopkeeper: Shopper;
  let person: Shopper;

  beforeAll(async () => {
    shop = await RunningShop.start('processes', { LOGIN_RATE_LIMIT: '0', PAYMENT_LATENCY_MS });
    shopkeeper = await Shopper.login(shop.gateway, admin.email, admin.password);
    person = await Shopper.register(shop.gateway, `s${randomUUID().replaceAll('-', '').slice(0, 20)}`);
  });
  afterAll(async () => {
    await Promise.all([shopkeeper?.close(), person?.close()]);
    await shop?.stop();
  });

  it.each(['orders', 'products', 'payments'])(
    'does not lose it: %s',
    async (service) => {
      const product = await shopkeeper.createProduct({ name: `Product ${randomUUID()}`, price: 1_000, stock: 5 });
      await person.addToCart(product.id, 2);
      const { uuid } = await person.placeOrder();
      const seen: string[] = [];
      const watching = (async () => {
        for await (const event of person.statuses(uuid)) {
          seen.push(`${event.version} ${event.status}`);
          if (event.status !== 'PENDING') return;
        }
      })();
      await eventually(() => expect(seen).toEqual(['1 PENDING']));
      shop.kill(service);
      await watching;
      expect(seen).toEqual(['1 PENDING', '2 PAID']);
      await eventually(async () => expect(await shopkeeper.stockOf(product.id)).toBe(3), { timeoutMs: 40_000 });
      await eventually(async () => expect(await paymentsOf(uuid)).toEqual(['SUCCEEDED']), { timeoutMs: 40_000 });
    },
    120_000,
  );

  const paymentsOf = async (uuid: string) => {
    const answer = await person.run<{ payment: { status: string } | null }>(
      'query P($id: ID!) { payment(orderUuid: $id) { status } }',
      { id: uuid },
    );
    return answer.payment ? [answer.payment.status] : [];
  };
});
