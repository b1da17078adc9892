import { queues } from '@shop/shared/messaging/topology';
import { Scrape } from '../../../tests/support/scrape.js';
import { eventually as soon } from '../../../tests/support/eventually.js';
import { TcpGate } from './support/tcp-gate.js';
import { type OrdersProcess, OrdersWorld } from './support/orders-world.js';

/** What is counted in a database is shown a while later where the machine is slow. */
const eventually: typeof soon = (assertion, options) => soon(assertion, { timeoutMs: 20_000, everyMs: 50, ...options });

const STEPS = 'saga_step_duration_seconds_count';

describe('the metrics of orders', () => {
  let world: OrdersWorld;
  let process: OrdersProcess;
  beforeAll(async () => {
    world = await OrdersWorld.open();
    process = await world.start();
  });
  afterAll(() => world.close());
  const scrape = (of = process) => Scrape.of(of.url);
  const until = (uuid: string, status: string) =>
    eventually(async () => expect((await world.statusOf(uuid))?.status).toBe(status));
  const place = async () => (await world.place(process, world.aBuyer().token)).uuid;

  it('follow orders from placed to their end', async () => {
    const before = await scrape();
    const [paid, short] = [await place(), await place()];
    await Promise.all([world.say.reserved(paid), world.say.paid(paid), world.say.short(short)]);
    await Promise.all([until(paid, 'Paid'), until(short, 'Cancelled')]);
    await eventually(async () => {
      const after = await scrape();
      const grown = (name: string, labels = {}) => (after.value(name, labels) ?? 0) - (before.value(name, labels) ?? 0);
      expect(['Pending', 'Paid', 'Cancelled'].map((status) => grown('order_transitions_total', { status }))).toEqual([
        2, 1, 1,
      ]);
      expect(grown('order_saga_duration_seconds_count', { outcome: 'paid' })).toBe(1);
      expect(grown('order_saga_duration_seconds_count', { outcome: 'out_of_stock' })).toBe(1);
      expect(grown(STEPS, { queue: 'orders:order.paid', outcome: 'ok' })).toBe(1);
      expect(grown('message_publication_duration_seconds_count', { type: 'order.requested', outcome: 'ok' })).toBe(2);
      expect(grown('outbox_depth')).toBe(0);
    });
  });

  it('tell orders by status, and how long the oldest Pending one has waited', async () => {
    await world.keep(500, 3);
    await world.sql("update orders set created_at = now() - interval '1 hour' where user_id = 500");
    await eventually(async () => {
      const seen = await scrape();
      expect(seen.value('orders', { status: 'Pending' })).toBeGreaterThanOrEqual(3);
      expect(seen.value('orders', { status: 'Shipped' })).toBe(0);
      expect(seen.value('order_oldest_pending_seconds')).toBeGreaterThan(3_500);
      expect(seen.value('order_timeout_seconds')).toBe(60);
    });
    await world.sql("update orders set status = 'Delivered' where user_id = 500");
  });

  it('tell a message that comes again, and one that can never be handled', async () => {
    const before = await scrape();
    const uuid = await place();
    const twice = { messageId: `twice ${uuid}` };
    await world.say.reserved(uuid, twice);
    await world.say.reserved(uuid, twice);
    await world.probe.publish('order_exchange', 'stock.reserved', Buffer.from('no JSON'));
    await eventually(async () => {
      const after = await scrape();
      const queue = 'orders:stock.reserved';
      const grown = (name: string, labels = {}) =>
        (after.value(name, { queue, ...labels }) ?? 0) - (before.value(name, { queue, ...labels }) ?? 0);
      expect([grown(STEPS, { outcome: 'ok' }), grown(STEPS, { outcome: 'duplicate' })]).toEqual([1, 1]);
      expect(grown('inbox_duplicates_total')).toBe(1);
      expect(grown(STEPS, { outcome: 'dead' })).toBe(1);
      expect([grown('dead_letters_total'), after.value('dead_letters', { queue })]).toEqual([1, 1]);
    });
    await world.say.short(uuid);
    await until(uuid, 'Cancelled');
  });

  it('count from zero for every queue that orders consumes', async () => {
    const own = queues.filter(({ service }) => service === 'orders').map(({ name }) => name);
    const seen = await scrape();
    for (const name of ['dead_letters_total', 'inbox_duplicates_total', 'message_redeliveries_total'])
      expect(
        seen
          .find(name)
          .map(({ labels }) => labels['queue'])
          .toSorted(),
      ).toEqual(own.toSorted());
  });

  it('show the outbox that grows while the broker is away', async () => {
    const gate = await TcpGate.to(world.broker.url);
    const cutOff = await world.start({ RABBITMQ_URL: gate.url });
    const before = Number((await scrape()).value('outbox_depth', { destination: 'bus' }));
    expect(before).toBe(0);
    await world.stop(process);
    gate.shut();
    await world.place(cutOff, world.aBuyer().token);
    await eventually(async () => {
      const seen = await scrape(cutOff);
      expect(seen.value('message_broker_connected')).toBe(0);
      expect(seen.value('outbox_depth', { destination: 'bus' })).toBe(1);
      expect(seen.value('outbox_lag_seconds', { destination: 'bus' })).toBeGreaterThan(0.2);
      expect(seen.value('outbox_depth', { destination: 'redis' })).toBe(0);
      // What only the broker knows is left out.
      expect(seen.value('dead_letters')).toBeUndefined();
    });
    gate.reopen();
    await eventually(async () => expect((await scrape(cutOff)).value('outbox_depth', { destination: 'bus' })).toBe(0));
    await world.stop(cutOff);
    await gate.close();
    process = await world.start();
  });

  it('are shown without what only the database knows while that is away', async () => {
    const gate = await TcpGate.to(world.database.url);
    const cutOff = await world.start({ DATABASE_URL: gate.url });
    gate.shut();
    await eventually(async () => {
      const seen = await scrape(cutOff);
      expect(seen.value('outbox_depth')).toBeUndefined();
      expect(seen.value('orders')).toBeUndefined();
      expect(seen.value('database_connections_limit')).toBe(10);
      expect(seen.value('process_resident_memory_bytes')).toBeGreaterThan(0);
    });
    const since = performance.now();
    await scrape(cutOff);
    expect(performance.now() - since).toBeLessThan(5_000);
    gate.reopen();
    await eventually(async () => expect((await scrape(cutOff)).value('outbox_depth')).toBe(0));
    await world.stop(cutOff);
    await gate.close();
  });
});
