import { randomUUID } from 'node:crypto';
import { Shopper } from '@shop/system/demo/shopper';
import { followOrder, type Stream } from '../chaos/follow-order.js';
import { Patience } from '../chaos/patience.js';
import { admin, RunningShop } from '../e2e/running-shop.js';
import { eventually } from '../support/eventually.js';
import { type TcpProxy, tcpProxy } from '../support/tcp-proxy.js';
import { required } from '../support/test-environment.js';
import { stopInOrder } from './running-process.js';

/** Long enough for something to die while the order is in the middle of its saga. */
const PAYMENT_LATENCY_MS = '1500';
const WITHIN_MS = 60_000;

/** `npm run resilience` has it die in every way, the whole test run by force alone. */
const IS_FULL = process.env['TEST_SET'] === 'full';

/** What dies, and whether its client has to connect again: what dies behind the gateway is none of its business. */
interface Death {
  readonly of: string;
  readonly dies: () => Promise<void> | void;
  readonly comesBack?: () => Promise<void>;
  readonly noticed: boolean;
}

describe('a subscriber to an order', () => {
  let shop: RunningShop;
  let redis: TcpProxy;
  let door: TcpProxy;
  let shopkeeper: Shopper;
  let person: Shopper;

  beforeAll(async () => {
    redis = await tcpProxy(required('REDIS_URL'));
    const redisUrl = new URL(required('REDIS_URL'));
    redisUrl.host = redis.host;
    const settings = { LOGIN_RATE_LIMIT: '0', PAYMENT_LATENCY_MS, REDIS_NAMESPACE: `live_${randomUUID()}:` };
    shop = await RunningShop.start('processes', settings, { redisUrl: redisUrl.href });
    door = await tcpProxy(shop.gateway);
    shopkeeper = await Shopper.login(shop.gateway, admin.email, admin.password);
    person = await Shopper.register(shop.gateway, `s${randomUUID().replaceAll('-', '').slice(0, 20)}`);
  });
  afterAll(async () => {
    await Promise.all([shopkeeper?.close(), person?.close()]);
    await shop?.stop();
    await Promise.all([door?.close(), redis?.close()]);
  });

  const deaths: Death[] = [
    { of: 'socket', dies: () => door.cut(), noticed: true },
    { of: 'Redis', dies: () => redis.close(), comesBack: () => redis.open(), noticed: false },
    { of: 'orders process', dies: () => shop.kill('orders'), noticed: false },
    { of: 'gateway', dies: () => shop.kill('gateway'), noticed: true },
  ];
  const orderlyEnds: Death[] = [
    {
      of: 'orders process, when it is asked to stop,',
      dies: async () => void (await stopInOrder(shop, 'orders')),
      noticed: false,
    },
    {
      of: 'gateway, when it is asked to stop,',
      dies: async () => void (await stopInOrder(shop, 'gateway')),
      noticed: true,
    },
  ];

  it.each(IS_FULL ? [...deaths, ...orderlyEnds] : deaths)(
    'sees each status once and in order when its $of dies at every step',
    async ({ dies, comesBack, noticed }) => {
      const product = await persist(() =>
        shopkeeper.createProduct({ name: `Product ${randomUUID()}`, price: 1_000, stock: 5 }),
      );
      await persist(() => person.addToCart(product.id, 1));
      const key = randomUUID();
      const { id, uuid } = await persist(() => person.placeOrder(key));
      const patience = new Patience();
      patience.endsIn(WITHIN_MS);
      const seen: string[] = [];
      const following = followOrder({
        ...{ gateway: `http://${door.host}`, token: person.token, uuid, patience },
        onEvent: ({ version, status }) => seen.push(`${version} ${status}`),
        isLast: (status) => status === 'Delivered',
      });
      const steps = ['1 Pending', '2 Paid', '3 Shipped', '4 Delivered'];
      const sees = (count: number) =>
        eventually(() => expect(seen).toEqual(steps.slice(0, count)), { timeoutMs: WITHIN_MS });
      await sees(1);
      await dies();
      await sees(2);
      await comesBack?.();
      await dies();
      await moved(id, 'SHIPPED');
      await sees(3);
      await comesBack?.();
      await dies();
      await comesBack?.();
      await moved(id, 'DELIVERED');
      const stream: Stream = await following;
      expect([stream.versions, stream.complete]).toEqual([[1, 2, 3, 4], true]);
      expect(seen).toEqual(steps);
      expect(stream.connections > 1).toBe(noticed);
    },
    WITHIN_MS * 2,
  );

  const moved = (id: string, status: string) =>
    persist(async () => {
      const query = 'mutation Move($id: ID!, $to: OrderStatus!) { updateOrderStatus(id: $id, status: $to) { id } }';
      await shopkeeper.run(query, { id, to: status }).catch((error: unknown) => {
        // It was done by a request whose answer got lost.
        if (!String(error).includes('CONFLICT')) throw error;
      });
    });

  /** Until the shop can do it. */
  function persist<Answer>(request: () => Promise<Answer>): Promise<Answer> {
    return eventually(request, { timeoutMs: WITHIN_MS, everyMs: 100 });
  }
});
