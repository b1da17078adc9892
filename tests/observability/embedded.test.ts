import { randomUUID } from 'node:crypto';
import { servicePorts } from '@shop/shared/backing/roster';
import { queues } from '@shop/shared/messaging/topology';
import { Shopper } from '@shop/system/demo/shopper';
import { admin, RunningShop } from '../e2e/running-shop.js';
import { eventually } from '../support/eventually.js';
import { Scrape } from '../support/scrape.js';

describe('the metrics of a shop in one process', () => {
  let shop: RunningShop;
  let scrapes: Record<string, Scrape>;
  beforeAll(async () => {
    shop = await RunningShop.start('embedded', { LOGIN_RATE_LIMIT: '0' });
    const [shopkeeper, shopper] = await Promise.all([
      Shopper.login(shop.gateway, admin.email, admin.password),
      Shopper.register(shop.gateway, `s${randomUUID().replaceAll('-', '').slice(0, 20)}`),
    ]);
    const product = await shopkeeper.createProduct({ name: 'Tea', price: 1_000, stock: 5 });
    await shopper.addToCart(product.id);
    const { uuid } = await shopper.placeOrder();
    for await (const { status } of shopper.statuses(uuid)) if (status === 'PAID') break;
    await Promise.all([shopkeeper.close(), shopper.close()]);
    await eventually(async () => {
      const mailer = await Scrape.of(shop.service(servicePorts.mailer));
      expect(mailer.value('mail_attempts_total', { outcome: 'sent' })).toBe(1);
    });
    const origins = Object.entries(servicePorts).map(([name, port]) => [name, shop.service(port)] as const);
    const each = await Promise.all(
      [...origins, ['gateway', shop.gateway] as const].map(
        async ([name, url]) => [name, await Scrape.of(url)] as const,
      ),
    );
    scrapes = Object.fromEntries(each);
  }, 90_000);
  afterAll(() => shop?.stop(), 30_000);

  it('are those of one service at each port', () => {
    for (const [name, { samples }] of Object.entries(scrapes))
      expect(new Set(samples.map(({ labels }) => labels['service']))).toEqual(new Set([name]));
  });

  it('are counted where it happened, and only there', () => {
    const showing = (metric: string, labels = {}) =>
      Object.keys(scrapes).filter((name) => (scrapes[name]?.value(metric, labels) ?? 0) > 0);
    expect(showing('order_transitions_total', { status: 'Paid' })).toEqual(['orders']);
    expect(showing('mail_attempts_total')).toEqual(['mailer']);
    expect(showing('gateway_plan_cache_entries')).toEqual(['gateway']);
    for (const [name, scrape] of Object.entries(scrapes)) {
      const own = queues.filter(({ service }) => service === name).map((queue) => queue.name);
      const handled = scrape.find('saga_step_duration_seconds_count').map(({ labels }) => labels['queue'] ?? '');
      expect(own).toEqual(expect.arrayContaining(handled));
    }
  });

  it('are the same of the process they share', () => {
    const starts = Object.values(scrapes).map((scrape) => scrape.value('process_start_time_seconds'));
    expect(new Set(starts).size).toBe(1);
  });
});
