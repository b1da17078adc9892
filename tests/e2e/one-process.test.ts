import { Shopper } from '@shop/system/demo/shopper';
import { processNames } from '@shop/system/ports';
import { admin, RunningShop } from './running-shop.js';
import { manage } from '../support/test-broker.js';

describe('the shop in one process on real servers', () => {
  let shop: RunningShop;
  let shopkeeper: Shopper;
  beforeAll(async () => {
    shop = await RunningShop.start('one process');
    shopkeeper = await Shopper.login(shop.gateway, admin.email, admin.password);
  });
  afterAll(async () => {
    await shopkeeper?.close();
    await shop?.stop();
  });

  it('has no process besides it, and queues at the broker', async () => {
    const vhost = new URL(shop.brokerUrl ?? '').pathname.slice(1);
    const queues = (await manage('GET', `queues/${vhost}`)) as { name: string }[];
    expect(queues.map(({ name }) => name)).toContain('products:order.requested');
    expect(processNames.filter((name) => shop.pidOf(name) !== undefined)).toEqual([]);
  });

  it('sells', async () => {
    const person = await Shopper.register(shop.gateway, 'buyerofone');
    const product = await shopkeeper.createProduct({ name: 'Tea', price: 1_000, stock: 5 });
    await person.addToCart(product.id, 2);
    const { uuid } = await person.placeOrder();
    const seen: string[] = [];
    for await (const { version, status } of person.statuses(uuid)) {
      seen.push(`${version} ${status}`);
      if (status !== 'PENDING') break;
    }
    await person.close();
    expect(seen.at(-1)).toBe('2 PAID');
  });
});
