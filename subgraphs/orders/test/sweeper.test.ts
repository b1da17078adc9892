import { eventually } from '../../../tests/support/eventually.js';
import { graphqlRequest } from '../../../tests/support/graphql-client.js';
import { setTimeout as pause } from 'node:timers/promises';
import { type OrdersProcess, OrdersWorld } from './support/orders-world.js';
import { TcpGate } from './support/tcp-gate.js';

/** A clock that a test sets forward. */
class TestClock {
  private ahead = 0;
  now = () => new Date(Date.now() + this.ahead);
  forward(seconds: number): void {
    this.ahead += seconds * 1_000;
  }
}

let world: OrdersWorld;
const clock = new TestClock();
const TIMEOUT = { ORDER_TIMEOUT_S: '20' };
beforeAll(async () => void (world = await OrdersWorld.open()));
afterAll(() => world.close());

const confirmed = (uuid: string) =>
  eventually(async () => {
    const [row] = await world.sql('select 1 from orders where uuid = $1 and confirmed_at is not null', [uuid]);
    expect(row).toBeDefined();
  });
const placeConfirmed = async (orders: OrdersProcess) => {
  const { uuid } = await world.place(orders, world.aBuyer().token);
  await confirmed(uuid);
  return uuid;
};

describe('the sweeper', () => {
  it('cancels what had no answer in time, once, with three processes at it', async () => {
    const processes = await Promise.all([1, 2, 3].map(() => world.start(TIMEOUT, clock.now)));
    const [orders] = processes as [OrdersProcess];
    const uuids = await Promise.all(Array.from({ length: 20 }, () => placeConfirmed(orders)));
    const answered = await placeConfirmed(orders);
    await Promise.all([world.say.reserved(answered), world.say.paid(answered)]);
    await eventually(async () => expect(await world.statusOf(answered)).toMatchObject({ status: 'Paid' }));
    clock.forward(19);
    const fresh = await placeConfirmed(orders);
    clock.forward(1.5);
    await eventually(async () => {
      for (const uuid of uuids) {
        expect(await world.statusOf(uuid)).toEqual({ status: 'Cancelled', reason: 'TIMED_OUT', version: 2 });
        expect(world.said('order.cancelled', uuid)).toHaveLength(1);
      }
    });
    expect(await world.statusOf(answered)).toMatchObject({ status: 'Paid' });
    expect(await world.statusOf(fresh)).toMatchObject({ status: 'Pending' });
    await Promise.all(processes.map((process) => world.stop(process)));
    for (const uuid of uuids) expect(world.said('order.cancelled', uuid)).toHaveLength(1);
  });

  it('abandons an intent that stayed open, and never resumes it: a retry of its key gets a new uuid', async () => {
    const orders = await world.start(TIMEOUT, clock.now);
    const { userId, token } = world.aBuyer();
    const place = () =>
      graphqlRequest<{ placeOrder: { uuid: string } }>(
        `${orders.url}/graphql`,
        'mutation { placeOrder(input: { idempotencyKey: "k" }) { uuid } }',
        {},
        token,
      );
    world.cart.mood = 'away';
    await place();
    world.cart.mood = 'well';
    const [open] = await world.sql<{ uuid: string }>('select uuid from intents where user_id = $1', [userId]);
    clock.forward(21);
    await eventually(() => expect(world.said('checkout.abandoned', open?.uuid ?? '')).toHaveLength(1));
    const { data } = await place();
    expect(data?.placeOrder.uuid).not.toBe(open?.uuid);
    await world.stop(orders);
  });

  it('cancels nothing while the broker is away, nor before the answers that waited have been heard', async () => {
    const gate = await TcpGate.to(world.broker.url);
    const orders = await world.start({ ...TIMEOUT, RABBITMQ_URL: gate.url }, clock.now);
    const uuid = await placeConfirmed(orders);
    gate.shut();
    // These answers wait at the broker, which the service cannot reach.
    await Promise.all([world.say.reserved(uuid), world.say.paid(uuid)]);
    clock.forward(25);
    await pause(400);
    expect(await world.statusOf(uuid)).toMatchObject({ status: 'Pending' });
    gate.reopen();
    await eventually(async () => expect(await world.statusOf(uuid)).toMatchObject({ status: 'Paid' }), {
      timeoutMs: 20_000,
    });
    await world.stop(orders);
    await gate.close();
  });

  it('cancels nothing whose answers came while the database was away, before they are tried again', async () => {
    const gate = await TcpGate.to(world.database.url);
    const orders = await world.start({ ...TIMEOUT, DATABASE_URL: gate.url }, clock.now);
    const uuid = await placeConfirmed(orders);
    clock.forward(11);
    await pause(200);
    gate.shut();
    await Promise.all([world.say.reserved(uuid), world.say.paid(uuid)]);
    clock.forward(25);
    await pause(3_000);
    gate.reopen();
    await eventually(async () => expect(await world.statusOf(uuid)).not.toMatchObject({ status: 'Pending' }), {
      timeoutMs: 40_000,
    });
    expect(await world.statusOf(uuid)).toMatchObject({ status: 'Paid' });
    await world.stop(orders);
    await gate.close();
  });

  it('waits for an answer that is still in its queue after a start', async () => {
    const first = await world.start(TIMEOUT, clock.now);
    const uuid = await placeConfirmed(first);
    await world.stop(first);
    await Promise.all([world.say.reserved(uuid), world.say.paid(uuid)]);
    clock.forward(25);
    const second = await world.start(TIMEOUT, clock.now);
    await eventually(async () => expect(await world.statusOf(uuid)).toMatchObject({ status: 'Paid' }));
    await world.stop(second);
  });

  it('counts the time of an order also when a request is published beside its own that is of none', async () => {
    const orders = await world.start(TIMEOUT, clock.now);
    await world.sql(
      `insert into outbox (id, destination, exchange, type, correlation_id, headers, body)
       values (gen_random_uuid(), 'bus', 'order_exchange', 'order.requested', 'odd', '{}', '{}')`,
    );
    const uuid = await placeConfirmed(orders);
    expect(await world.statusOf(uuid)).toMatchObject({ status: 'Pending' });
    await world.stop(orders);
  });

  it('confirms as it stops what no sweep has, for whoever starts next', async () => {
    const orders = await world.start({ ...TIMEOUT, SWEEP_INTERVAL_MS: '3600000' }, clock.now);
    const { uuid } = await world.place(orders, world.aBuyer().token);
    await world.stop(orders);
    await confirmed(uuid);
  });

  it('leaves an order alone whose request the broker has not confirmed', async () => {
    const gate = await TcpGate.to(world.broker.url);
    const orders = await world.start({ ...TIMEOUT, RABBITMQ_URL: gate.url }, clock.now);
    gate.shut();
    const { uuid } = await world.place(orders, world.aBuyer().token);
    clock.forward(300);
    await pause(200);
    expect(await world.statusOf(uuid)).toMatchObject({ status: 'Pending' });
    gate.reopen();
    await eventually(async () => expect(await confirmed(uuid)), { timeoutMs: 20_000 });
    expect(await world.statusOf(uuid)).toMatchObject({ status: 'Pending' });
    clock.forward(31);
    await eventually(async () => expect(await world.statusOf(uuid)).toMatchObject({ status: 'Cancelled' }));
    await world.stop(orders);
    await gate.close();
  });
});
