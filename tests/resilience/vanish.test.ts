import { randomUUID } from 'node:crypto';
import { Shopper } from '@shop/system/demo/shopper';
import { report } from '../rest/report.js';
import { admin, RunningShop } from '../e2e/running-shop.js';
import { eventually } from '../support/eventually.js';
import { tcpProxy } from '../support/tcp-proxy.js';
import { required } from '../support/test-environment.js';
import { subscribe, type Subscription, transports } from './vanishing-client.js';
import { type Held, whatIsHeld } from './what-is-held.js';

/** `npm run vanish` sets this; within the whole test run fewer have to do. */
const CLIENTS = Number(process.env['TEST_CLIENTS'] ?? 250);
/** At once. */
const WAVE = 50;
/** So many lose their network, of which nobody hears: only that they answer no ping tells. */
const UNREACHABLE = 20;
/** Pools and polls hold some handles more or fewer, however many clients there were. */
const MARGIN = 15;
const SETTLED_WITHIN = { timeoutMs: 60_000, everyMs: 250 };
const NOBODY = { 'websockets of clients': 0, 'subscriptions at the gateway': 0, 'subscriptions at orders': 0 };

describe('clients that vanish without a word', () => {
  let shop: RunningShop;
  let person: Shopper;
  const redisUrl = required('REDIS_URL');
  const namespace = `vanish_${randomUUID()}:`;

  beforeAll(async () => {
    // One person is all of these clients.
    const settings = { LOGIN_RATE_LIMIT: '0', MAX_CONNECTIONS_PER_USER: '100000', REDIS_NAMESPACE: namespace };
    shop = await RunningShop.start('processes', settings, { redisUrl });
    person = await Shopper.register(shop.gateway, `s${randomUUID().replaceAll('-', '').slice(0, 20)}`);
  });
  afterAll(async () => {
    await person?.close();
    await shop?.stop();
  });

  it(
    'leave no socket, listener or timer behind',
    async () => {
      const subscription = await aSubscription();
      const wave = async (size: number) => {
        const clients = await Promise.all(
          Array.from({ length: size }, (_, n) => subscribe(subscription, transports[n % 3] ?? 'sse', n % 4 === 3)),
        );
        const held = await whatIsHeld(shop, redisUrl, namespace);
        for (const client of clients) client.vanish();
        return held;
      };
      await wave(WAVE);
      const before = await settled();

      const door = await tcpProxy(shop.gateway);
      const behind = { ...subscription, gateway: `http://${door.host}` };
      await Promise.all(Array.from({ length: UNREACHABLE }, () => subscribe(behind, 'websocket')));
      for (const passage of door.passages()) passage.swallow();
      let most: Held = before;
      const since = performance.now();
      for (let gone = 0; gone < CLIENTS; gone += WAVE) {
        const held = await wave(Math.min(WAVE, CLIENTS - gone));
        if (count(held) > count(most)) most = held;
      }
      const seconds = (performance.now() - since) / 1_000;
      const after = await settled();
      await door.close();

      report(
        `${CLIENTS} clients vanished in ${seconds.toFixed(1)} s, ${UNREACHABLE} more lost their network; ` +
          `at once there were ${count(most)} subscriptions; before: ${said(before)}; after: ${said(after)}`,
      );
      // Else nothing was there that could have stayed.
      expect(count(most)).toBeGreaterThan(UNREACHABLE + WAVE / 3);
      expect(after.streams).toEqual(before.streams);
      for (const [handle, level] of Object.entries(before.handles)) expect([handle, level > 0]).toEqual([handle, true]);
      for (const [handle, level] of Object.entries(after.handles))
        expect([handle, level - (before.handles[handle] ?? 0) < MARGIN]).toEqual([handle, true]);
    },
    180_000 + CLIENTS * 60,
  );

  /** The watched order is Paid: it does not change any more, so that its streams stay open. */
  async function aSubscription(): Promise<Subscription> {
    const shopkeeper = await Shopper.login(shop.gateway, admin.email, admin.password);
    const product = await shopkeeper.createProduct({ name: 'Tea', price: 1_000, stock: 5 });
    await shopkeeper.close();
    await person.addToCart(product.id);
    const { uuid } = await person.placeOrder();
    for await (const { status } of person.statuses(uuid)) if (status === 'PAID') break;
    await person.close();
    const query = `subscription { orderStatusChanged(orderId: "${uuid}") { status items { product { name } } } }`;
    return { gateway: shop.gateway, token: person.token, query };
  }

  /** What is held when nobody is there any more. */
  async function settled(): Promise<Held> {
    return eventually(async () => {
      const held = await whatIsHeld(shop, redisUrl, namespace);
      expect(held.streams).toEqual({ ...NOBODY, 'channels of Redis': 0 });
      return held;
    }, SETTLED_WITHIN);
  }
});

const count = ({ streams }: Held) => streams['subscriptions at the gateway'] ?? 0;
const said = ({ handles }: Held) =>
  Object.entries(handles)
    .map(([name, level]) => `${name} ${level}`)
    .join(', ');
