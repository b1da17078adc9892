import { randomUUID } from 'node:crypto';
import { createBacking } from '@shop/shared/backing/create-backing';
import { InProcess } from '@shop/shared/backing/in-process';
import type { System } from '@shop/shared/lifecycle/system';
import { EmbeddedBus } from '@shop/shared/messaging/embedded-bus';
import { createSystem as createPayments } from '@shop/payments/system';
import { createSystem as createProducts } from '@shop/products/system';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { Scrape } from '../support/scrape.js';
import { TestAuth } from '../support/test-auth.js';
import { testDatabase } from '../support/test-database.js';
import { testSettings } from '../support/test-environment.js';

const STEPS = 'saga_step_duration_seconds_count';
const aRequest = (order_uuid: string) => ({
  ...{ correlation_id: order_uuid, order_uuid, user_id: 1, email: 'a@example.com', total: 100, currency: 'VND' },
  items: [{ product_id: 1, name: 'Tea', quantity: 1, price: 100 }],
});

describe('the metrics of two services in one process', () => {
  const releases: (() => Promise<void>)[] = [];
  const urls: Record<string, string> = {};
  let bus: EmbeddedBus;
  beforeAll(async () => {
    const [busDatabase, auth] = await Promise.all([testDatabase(), TestAuth.start()]);
    const inProcess = new InProcess();
    const start = async (name: 'products' | 'payments', create: typeof createProducts) => {
      const [database, port] = await Promise.all([testDatabase(), freePort()]);
      const environment = {
        PORT: String(port),
        DATABASE_URL: database.url,
        BUS_DATABASE_URL: busDatabase.url,
        AUTH_JWKS_URL: auth.jwksUrl,
        ...testSettings,
      };
      const system: System = create(environment, createBacking(environment, name, inProcess));
      await system.start();
      releases.unshift(() => system.stop(), database.drop);
      urls[name] = `http://127.0.0.1:${port}`;
    };
    releases.push(() => auth.stop(), busDatabase.drop);
    await start('products', createProducts);
    await start('payments', createPayments);
    bus = new EmbeddedBus({ connectionString: busDatabase.url, service: 'orders' });
    await bus.start();
    releases.unshift(() => bus.stop());
  });
  afterAll(async () => {
    for (const release of releases) await release();
  });

  it('do not mix: each shows what it did, and the process that they share', async () => {
    const messageId = randomUUID();
    await bus.publish({
      ...{ messageId, correlationId: messageId, type: 'order.requested', exchange: 'order_exchange', appId: 'orders' },
      ...{ timestamp: Date.now(), headers: {}, body: aRequest(messageId) },
    });
    for (const name of ['products', 'payments']) {
      const scrape = await eventually(
        async () => {
          const seen = await Scrape.of(urls[name] ?? '');
          expect(seen.value(STEPS)).toBe(1);
          return seen;
        },
        { timeoutMs: 20_000, everyMs: 50 },
      );
      expect(scrape.value(STEPS, { queue: `${name}:order.requested`, outcome: 'ok' })).toBe(1);
      expect(new Set(scrape.samples.map(({ labels }) => labels['service']))).toEqual(new Set([name]));
      expect(scrape.find('cache_lookups_total')).toHaveLength(name === 'products' ? 2 : 0);
    }
    const scrapes = await Promise.all(Object.values(urls).map((url) => Scrape.of(url)));
    expect(new Set(scrapes.map((scrape) => scrape.value('process_start_time_seconds'))).size).toBe(1);
  });
});
