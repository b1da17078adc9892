import { RascalBus } from '@shop/shared/messaging/rascal-bus';
import { eventually } from '../../../tests/support/eventually.js';
import { type OwnBroker, ownBroker } from '../../../tests/support/own-broker.js';
import { type OrdersProcess, OrdersWorld } from './support/orders-world.js';

const PATIENT = { timeoutMs: 30_000 };
const ORDERS_BLOCKED = 10;

describe('a broker that runs out of memory', () => {
  let broker: OwnBroker;
  let world: OrdersWorld;
  let orders: OrdersProcess;

  beforeAll(async () => {
    const opening = ownBroker();
    world = await OrdersWorld.open(opening);
    broker = await opening;
    orders = await world.start();
  });
  afterAll(() => world?.close());

  const place = () => world.place(orders, world.aBuyer().token);
  const requested = (uuids: readonly string[]) => uuids.map((uuid) => world.said('order.requested', uuid).length);

  it('takes no publications, and costs no order: they are accepted, and flow when it takes them again', async () => {
    const before = await place();
    await eventually(() => expect(requested([before.uuid])).toEqual([1]), PATIENT);
    // What waits in a queue while the broker is blocked: orders is told, and can acknowledge it.
    const told: string[] = [];
    let letGo = () => undefined as void;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const consumer = new RascalBus({ url: broker.url, service: 'mailer' });
    consumer.consume('mailer:order.confirmed', async ({ correlationId }) => {
      await held;
      told.push(correlationId);
    });
    await consumer.start();
    await consumer.startConsuming();
    await Promise.all([world.say.reserved(before.uuid), world.say.paid(before.uuid)]);
    await eventually(async () => expect(await world.statusOf(before.uuid)).toMatchObject({ status: 'Paid' }), PATIENT);
    await eventually(async () => expect(await consumer.depth('mailer:order.confirmed')).toBe(1), PATIENT);

    await broker.block();
    const placed = await Promise.all(Array.from({ length: ORDERS_BLOCKED }, place));
    const uuids = placed.map(({ uuid }) => uuid);
    letGo();
    await eventually(() => expect(told).toEqual([before.uuid]), PATIENT);
    await eventually(async () => expect(await consumer.depth('mailer:order.confirmed')).toBe(0), PATIENT);
    expect(await (await fetch(`${orders.url}/readyz`)).json()).toMatchObject({ status: 'ready' });
    await eventually(async () => expect(await metric('message_broker_connected')).toBe(0), PATIENT);
    expect(await metric('outbox_depth', 'destination="bus"')).toBe(ORDERS_BLOCKED);
    expect(requested(uuids)).toEqual(uuids.map(() => 0));

    await broker.unblock();
    await eventually(() => expect(Math.min(...requested(uuids))).toBeGreaterThanOrEqual(1), PATIENT);
    await eventually(async () => expect(await metric('outbox_depth', 'destination="bus"')).toBe(0), PATIENT);
    await Promise.all(uuids.flatMap((uuid) => [world.say.reserved(uuid), world.say.paid(uuid)]));
    await eventually(async () => {
      for (const uuid of uuids) expect(await world.statusOf(uuid)).toMatchObject({ status: 'Paid', version: 2 });
    }, PATIENT);
    await consumer.stop();
  });

  async function metric(name: string, label = ''): Promise<number> {
    const text = await (await fetch(`${orders.url}/metrics`)).text();
    const line = text.split('\n').find((each) => each.startsWith(`${name}{`) && each.includes(label));
    return Number(line?.split(' ').at(-1));
  }
});
