import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import { eventually } from '../../../tests/support/eventually.js';
import { graphqlRequest } from '../../../tests/support/graphql-client.js';
import { type OrdersProcess, OrdersWorld } from './support/orders-world.js';
import { TcpGate } from './support/tcp-gate.js';
import { Watch } from './support/watch.js';

let world: OrdersWorld;
let orders: OrdersProcess;
beforeAll(async () => {
  world = await OrdersWorld.open();
  orders = await world.start();
});
afterAll(() => world.close());

const watches: Watch[] = [];
afterEach(async () => void (await Promise.all(watches.splice(0).map((watch) => watch.leave()))));
const watch = (token: string | null, variables: { id?: string; after?: number } = {}, at = orders) => {
  const started = new Watch(at.url, token, variables);
  watches.push(started);
  return started;
};
const pay = async (uuid: string) => void (await Promise.all([world.say.reserved(uuid), world.say.paid(uuid)]));
const becomes = (uuid: string, status: string) =>
  eventually(async () => expect(await world.statusOf(uuid)).toMatchObject({ status }));
const move = (uuid: string, status: string) =>
  graphqlRequest(
    `${orders.url}/graphql`,
    'mutation ($id: ID!, $status: OrderStatus!) { updateOrderStatus(id: $id, status: $status) { version } }',
    { id: uuid, status },
    world.adminToken(),
  );
const brief = (seen: Watch['seen']) => seen.map(({ version, status }) => `${version} ${status}`);

describe('watching one order', () => {
  it('gives the order as it is, then each version, and completes when it is delivered', async () => {
    const { token, userId } = world.aBuyer();
    const { id, uuid } = await world.place(orders, token);
    const stream = watch(token, { id });
    const [now] = await stream.saw(1);
    expect(now).toMatchObject({ uuid, version: 1, status: 'PENDING', items: [{ name: 'Tea' }, { name: 'Cup' }] });
    expect(now).toMatchObject({ user: { id: String(userId) }, timeline: [{ type: 'order.requested' }] });
    await pay(uuid);
    await stream.saw(2);
    await move(uuid, 'SHIPPED');
    await move(uuid, 'DELIVERED');
    await stream.completes();
    expect(brief(stream.seen)).toEqual(['1 PENDING', '2 PAID', '3 SHIPPED', '4 DELIVERED']);
  });

  it('gives what followed a version as it was then, and none twice', async () => {
    const { token } = world.aBuyer();
    const { uuid } = await world.place(orders, token);
    await world.say.short(uuid);
    await becomes(uuid, 'Cancelled');
    await world.say.paid(uuid);
    await eventually(async () => expect(await world.timelineOf(uuid)).toHaveLength(4));
    const fromTheStart = watch(token, { id: uuid, after: 0 });
    await fromTheStart.completes();
    expect(fromTheStart.seen).toMatchObject([
      { version: 1, status: 'PENDING', cancellationReason: null, timeline: [{ type: 'order.requested' }] },
      {
        ...{ version: 2, status: 'CANCELLED', cancellationReason: 'OUT_OF_STOCK' },
        timeline: [{ type: 'order.requested' }, { type: 'stock.failed' }, { type: 'order.cancelled' }],
      },
    ]);
    expect(fromTheStart.seen[0]?.timeline).toHaveLength(1);
    expect(fromTheStart.seen[0]?.updatedAt).not.toBe(fromTheStart.seen[1]?.updatedAt);
    const resumed = watch(token, { id: uuid, after: 1 });
    await resumed.completes();
    expect(brief(resumed.seen)).toEqual(['2 CANCELLED']);
  });

  it('at the current version gives nothing until a higher one', async () => {
    const { token } = world.aBuyer();
    const { uuid } = await world.place(orders, token);
    const [at, above] = [watch(token, { id: uuid, after: 1 }), watch(token, { id: uuid, after: 2 })];
    await pay(uuid);
    await at.saw(1);
    await move(uuid, 'SHIPPED');
    await at.saw(2);
    await above.saw(1);
    expect(brief(at.seen)).toEqual(['2 PAID', '3 SHIPPED']);
    expect(brief(above.seen)).toEqual(['3 SHIPPED']);
  });

  it.each([undefined, 0, 2, 99])('completes at once at a final status, after version %s', async (after) => {
    const { token } = world.aBuyer();
    const { uuid } = await world.place(orders, token);
    await world.say.declined(uuid);
    await becomes(uuid, 'Cancelled');
    const stream = watch(token, after === undefined ? { id: uuid } : { id: uuid, after });
    await stream.completes();
    expect(stream.seen.at(-1)?.status).toBe((after ?? 0) < 2 ? 'CANCELLED' : undefined);
  });

  it('is for its owner and for admins', async () => {
    const { token } = world.aBuyer();
    const { uuid } = await world.place(orders, token);
    expect(await watch(world.aBuyer().token, { id: uuid }).fails()).toMatchObject({
      extensions: { code: 'NOT_FOUND' },
    });
    expect(await watch(token, { id: randomUUID() }).fails()).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    expect(await watch(null, { id: uuid }).fails()).toMatchObject({ extensions: { code: 'UNAUTHENTICATED' } });
    await watch(world.adminToken(), { id: uuid }).saw(1);
  });

  it.each([
    [{ id: '1', after: -1 }, 'afterVersion'],
    [{ after: 1 }, 'afterVersion'],
    [{ id: 'abc' }, 'orderId'],
  ])('refuses %j', async (variables, field) => {
    const error = await watch(world.aBuyer().token, variables).fails();
    expect(error).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field } });
  });

  it('hears of what another process did, within tens of milliseconds', async () => {
    const other = await world.start();
    const { token } = world.aBuyer();
    const { uuid } = await world.place(orders, token);
    const stream = watch(token, { id: uuid }, other);
    await stream.saw(1);
    await pause(50);
    await graphqlRequest(`${orders.url}/graphql`, `mutation { cancelOrder(id: "${uuid}") { id } }`, {}, token);
    const since = performance.now();
    await stream.saw(2);
    expect(performance.now() - since).toBeLessThan(500);
    await stream.completes();
    await world.stop(other);
  });
});

describe("watching all of one's orders", () => {
  it('gives every version of them from now on, the first included, and nobody else’s', async () => {
    const { userId, token } = world.aBuyer();
    const before = await world.place(orders, token);
    const stream = watch(token);
    await listening(userId);
    world.cart.fill(userId, { product_id: 1, name: 'Tea', quantity: 1, price: 250 });
    const after = await world.place(orders, token);
    await world.place(orders, world.aBuyer().token);
    await stream.saw(1);
    await pay(before.uuid);
    await stream.saw(2);
    await pay(after.uuid);
    await stream.saw(3);
    expect(stream.seen.map(({ uuid, version }) => [uuid, version])).toEqual([
      [after.uuid, 1],
      [before.uuid, 2],
      [after.uuid, 2],
    ]);
    expect(stream.completed).toBe(false);
  });

  it('misses none of many that are placed and decided at once, and gives none twice', async () => {
    const { userId, token } = world.aBuyer();
    const stream = watch(token);
    await listening(userId);
    const placed: string[] = [];
    for (let n = 0; n < 20; n += 1) {
      world.cart.fill(userId, { product_id: 1, name: 'Tea', quantity: 1, price: 250 });
      const { uuid } = await world.place(orders, token);
      placed.push(uuid);
      void pay(uuid);
    }
    await stream.saw(40, 10_000);
    for (const uuid of placed) {
      expect(stream.seen.filter((seen) => seen.uuid === uuid).map(({ version }) => version)).toEqual([1, 2]);
    }
  });

  it('gives an order whose transaction began before the stream and committed after other orders', async () => {
    const { userId, token } = world.aBuyer();
    const slow = new pg.Client({ connectionString: world.database.url });
    await slow.connect();
    await slow.query('begin');
    const uuid = randomUUID();
    await slow.query(
      `with placed as (insert into orders (uuid, user_id, email, status, total, currency, version, timeline_length, created_at, updated_at)
         values ($1, $2, 'a@example.com', 'Pending', 100, 'VND', 1, 0, now(), now()) returning *)
       insert into order_history (order_id, version, user_id, status, timeline_length, updated_at)
       select id, version, user_id, status, timeline_length, updated_at from placed`,
      [uuid, userId],
    );
    const stream = watch(token);
    await listening(userId);
    const { uuid: later } = await world.place(orders, token);
    await stream.saw(1);
    await slow.query('commit');
    await slow.end();
    await stream.saw(2, 6_000);
    expect(stream.seen.map((seen) => seen.uuid)).toEqual([later, uuid]);
  });
});

describe('live status without Redis', () => {
  it('reads by itself every few seconds, and at once when Redis is back', async () => {
    const gate = await TcpGate.to(world.redis.url);
    const lonely = await world.start({ REDIS_URL: gate.url });
    const { userId, token } = world.aBuyer();
    const { uuid } = await world.place(lonely, token);
    const all = watch(token, {}, lonely);
    await listening(userId);
    const one = watch(token, { id: uuid }, lonely);
    await one.saw(1);
    gate.shut();
    await pay(uuid);
    await one.saw(2, 6_000);
    await all.saw(1, 6_000);
    expect(brief(one.seen)).toEqual(['1 PENDING', '2 PAID']);
    gate.reopen();
    await eventually(
      async () => {
        const rows = await world.sql('select 1 from outbox where correlation_id = $1 and published_at is null', [uuid]);
        expect(rows).toEqual([]);
      },
      { timeoutMs: 15_000 },
    );
    await Promise.all(watches.splice(0).map((stream) => stream.leave()));
    await world.stop(lonely);
    await gate.close();
  });
});

describe('a client that goes away', () => {
  it('leaves no subscription behind, and many clients of a user share one', async () => {
    const { userId, token } = world.aBuyer();
    const { uuid } = await world.place(orders, token);
    const streams = [watch(token, { id: uuid }), watch(token, { id: uuid }), watch(token)];
    await streams[0]?.saw(1);
    await streams[1]?.saw(1);
    expect(await listening(userId)).toBe(1);
    await Promise.all(streams.map((stream) => stream.leave()));
    await eventually(async () => expect(await listeners(userId)).toBe(0));
  });
});

/** How many Redis connections listen for a user's wake-ups. */
async function listeners(userId: number): Promise<number> {
  const redis = new Redis(world.redis.url);
  try {
    const [, count] = (await redis.pubsub('NUMSUB', `${world.redis.namespace}orders:user:${userId}`)) as [
      string,
      number,
    ];
    return Number(count);
  } finally {
    redis.disconnect();
  }
}

const listening = (userId: number) =>
  eventually(async () => {
    const count = await listeners(userId);
    expect(count).toBeGreaterThan(0);
    return count;
  });
