import { randomUUID } from 'node:crypto';
import { eventually } from '../../../tests/support/eventually.js';
import { graphqlRequest } from '../../../tests/support/graphql-client.js';
import { type OrdersProcess, OrdersWorld } from './support/orders-world.js';

let world: OrdersWorld;
let orders: OrdersProcess;
beforeAll(async () => {
  world = await OrdersWorld.open();
  orders = await world.start();
});
afterAll(() => world.close());

const becomes = (uuid: string, status: string) =>
  eventually(async () => expect(await world.statusOf(uuid)).toMatchObject({ status }));
const heard = (uuid: string, type: string) =>
  eventually(async () => expect(await world.timelineOf(uuid)).toContain(type));
const cancel = (uuid: string, token: string) =>
  graphqlRequest(
    `${orders.url}/graphql`,
    'mutation ($id: ID!) { cancelOrder(id: $id) { status } }',
    { id: uuid },
    token,
  );
/** Resolves when every message published so far has been handled: queues hand over in order. */
const drained = async () => {
  const { uuid } = await world.place(orders, world.aBuyer().token);
  for (const say of [world.say.reserved, world.say.paid, world.say.refunded]) await say(uuid);
  await world.say.short(uuid);
  await world.say.declined(uuid);
  await eventually(async () => expect(await world.timelineOf(uuid)).toHaveLength(7));
};

describe('the saga at orders', () => {
  it('is Paid when stock and payment have both answered, and says so with what the mail needs', async () => {
    const { userId, token } = world.aBuyer();
    const { uuid } = await world.place(orders, token);
    await world.say.reserved(uuid);
    await world.say.paid(uuid);
    await becomes(uuid, 'Paid');
    const confirmed = await eventually(() => {
      const messages = world.said('order.confirmed', uuid);
      expect(messages).toHaveLength(1);
      return messages;
    });
    expect(confirmed[0]?.body).toEqual({
      ...{ order_uuid: uuid, user_id: userId, email: `user${userId}@example.com`, total: 250, currency: 'VND' },
      items: [
        { product_id: 1, name: 'Tea', quantity: 2, price: 100 },
        { product_id: 2, name: 'Cup', quantity: 1, price: 50 },
      ],
    });
    expect(await world.timelineOf(uuid)).toEqual(
      expect.arrayContaining(['order.requested', 'stock.reserved', 'order.paid', 'order.confirmed']),
    );
  });

  it('with both answers arriving together, 50 times: exactly one Paid and one order.confirmed each', async () => {
    const other = await world.start();
    const placed = await Promise.all(Array.from({ length: 50 }, () => world.place(orders, world.aBuyer().token)));
    await Promise.all(placed.flatMap(({ uuid }) => [world.say.reserved(uuid), world.say.paid(uuid)]));
    await eventually(
      async () => {
        for (const { uuid } of placed) {
          expect(await world.statusOf(uuid)).toEqual({ status: 'Paid', reason: null, version: 2 });
          expect(world.said('order.confirmed', uuid)).toHaveLength(1);
        }
      },
      { timeoutMs: 15_000 },
    );
    await world.stop(other);
  });

  it.each([
    ['short', 'OUT_OF_STOCK'],
    ['declined', 'PAYMENT_DECLINED'],
  ] as const)('cancels when %s, and says why and what to put back', async (answer, reason) => {
    const { userId, token } = world.aBuyer();
    const { uuid } = await world.place(orders, token);
    await world.say[answer](uuid);
    await becomes(uuid, 'Cancelled');
    const [cancelled] = await eventually(() => {
      const messages = world.said('order.cancelled', uuid);
      expect(messages).toHaveLength(1);
      return messages;
    });
    expect(cancelled?.body).toMatchObject({ order_uuid: uuid, user_id: userId, reason, items: [{}, {}] });
  });

  it('keeps late answers in the timeline of a cancelled order and changes nothing else', async () => {
    const { uuid } = await world.place(orders, world.aBuyer().token);
    await world.say.short(uuid);
    await becomes(uuid, 'Cancelled');
    await world.say.paid(uuid);
    await heard(uuid, 'order.paid');
    await world.say.refunded(uuid);
    await heard(uuid, 'payment.refunded');
    expect(await world.timelineOf(uuid)).toEqual([
      ...['order.requested', 'stock.failed', 'order.cancelled', 'order.paid', 'payment.refunded'],
    ]);
    expect(await world.statusOf(uuid)).toEqual({ status: 'Cancelled', reason: 'OUT_OF_STOCK', version: 2 });
    expect(world.said('order.cancelled', uuid)).toHaveLength(1);
  });

  it('takes a message that comes again, under its own id or a new one, for nothing new', async () => {
    const { uuid } = await world.place(orders, world.aBuyer().token);
    const messageId = randomUUID();
    for (let n = 0; n < 3; n += 1) {
      await world.say.reserved(uuid, { messageId });
      await world.say.reserved(uuid);
    }
    for (let n = 0; n < 3; n += 1) await world.say.paid(uuid);
    await becomes(uuid, 'Paid');
    await drained();
    const timeline = await world.timelineOf(uuid);
    expect(timeline.toSorted()).toEqual(['order.confirmed', 'order.paid', 'order.requested', 'stock.reserved']);
    expect(world.said('order.confirmed', uuid)).toHaveLength(1);
  });

  it('lets a cancellation and the last answer race: one of them wins, whole', async () => {
    const races = await Promise.all(
      Array.from({ length: 30 }, async () => {
        const { token } = world.aBuyer();
        const { uuid } = await world.place(orders, token);
        await world.say.reserved(uuid);
        await heard(uuid, 'stock.reserved');
        const [answer] = await Promise.all([cancel(uuid, token), world.say.paid(uuid)]);
        await heard(uuid, 'order.paid');
        return { uuid, cancelled: !answer.errors, code: answer.errors?.[0]?.extensions?.['code'] };
      }),
    );
    for (const { uuid, cancelled, code } of races) {
      const expected = cancelled
        ? { status: 'Cancelled', reason: 'CANCELLED_BY_CUSTOMER', version: 2 }
        : { status: 'Paid', reason: null, version: 2 };
      expect(await world.statusOf(uuid)).toEqual(expected);
      if (!cancelled) expect(code).toBe('CONFLICT');
      await eventually(() => {
        expect(world.said('order.cancelled', uuid)).toHaveLength(cancelled ? 1 : 0);
        expect(world.said('order.confirmed', uuid)).toHaveLength(cancelled ? 0 : 1);
      });
    }
  });

  it('keeps one history row for each version, without a gap, and a wake-up for each', async () => {
    const rows = await world.sql<{ uuid: string; version: number; versions: number[]; wakes: number[] }>(
      `select o.uuid, o.version,
         (select array_agg(h.version order by h.version) from order_history h where h.order_id = o.id) as versions,
         (select array_agg((b.body->>'version')::int order by b.seq) from outbox b
          where b.correlation_id = o.uuid::text and b.destination = 'redis') as wakes
       from orders o`,
    );
    expect(rows.length).toBeGreaterThan(80);
    for (const { version, versions, wakes } of rows) {
      expect(versions).toEqual(Array.from({ length: version }, (_, index) => index + 1));
      expect(wakes).toEqual(versions);
    }
  });

  it('leaves nothing of a handler that failed before its commit, and handles the message whole when it comes again', async () => {
    const { uuid } = await world.place(orders, world.aBuyer().token);
    await world.sql(`create function fail() returns trigger language plpgsql as $$ begin raise 'not now'; end $$`);
    await world.sql(`create trigger failing before insert on order_history for each row
      when (new.status = 'Cancelled') execute function fail()`);
    await world.say.short(uuid);
    await world.say.reserved(uuid);
    await heard(uuid, 'stock.reserved');
    expect(await world.timelineOf(uuid)).toEqual(['order.requested', 'stock.reserved']);
    expect(await world.statusOf(uuid)).toMatchObject({ status: 'Pending', version: 1 });
    await world.sql('drop trigger failing on order_history');
    await becomes(uuid, 'Cancelled');
    expect(await world.timelineOf(uuid)).toEqual([
      ...['order.requested', 'stock.reserved', 'stock.failed', 'order.cancelled'],
    ]);
    expect(await world.probe.deadLetters('orders:stock.failed')).toEqual([]);
  });
});

describe('a message that can never be handled', () => {
  const reasonOf = async (queue: string) => {
    const [letter] = await eventually(async () => {
      const letters = await world.probe.deadLetters(queue);
      expect(letters).toHaveLength(1);
      return letters;
    });
    return JSON.stringify(letter?.headers);
  };

  it.each([
    ['is no JSON', Buffer.from('{"order_uuid":'), 'no JSON'],
    ['names no order', { nothing: true }, 'order_uuid'],
    ['names an order by what is no uuid', { order_uuid: '17' }, 'order_uuid'],
    ['names an order that does not exist', { order_uuid: '11111111-1111-4111-8111-111111111111' }, 'there is no order'],
  ])('becomes a dead letter with its reason when it %s', async (_how, body, reason) => {
    await world.probe.publish('order_exchange', 'stock.reserved', body);
    expect(await reasonOf('orders:stock.reserved')).toContain(reason);
  });

  it('becomes a dead letter when it claims a payment that is not of the total', async () => {
    const { uuid } = await world.place(orders, world.aBuyer().token);
    await world.say.paid(uuid, { amount: 1 });
    expect(await reasonOf('orders:order.paid')).toContain('a payment of 1 VND is not one of 250 VND');
    expect(await world.timelineOf(uuid)).toEqual(['order.requested']);
  });
});
