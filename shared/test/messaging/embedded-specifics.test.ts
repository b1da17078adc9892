import { EmbeddedBus } from '@shop/shared/messaging/embedded-bus';
import { eventually } from '../../../tests/support/eventually.js';
import { aConsumer, aMessage, PATIENT } from './bus-harness.js';
import { type EmbeddedHarness, embeddedHarness } from './embedded-harness.js';

let harness: EmbeddedHarness;
beforeEach(async () => (harness = await embeddedHarness()));
afterEach(() => harness.dispose());

test('what a dead process had in hand is handled as soon as its service starts again', async () => {
  const publisher = harness.bus('payments');
  await publisher.start();
  const message = aMessage();
  await publisher.publish(message);
  await harness.pool.query(
    `update graphile_worker._private_jobs set locked_at = now(), locked_by = 'pool-of-a-dead-process', attempts = 1`,
  );

  const before = performance.now();
  const { received } = await aConsumer(harness, 'mailer:order.paid');
  await eventually(() => expect(received).toHaveLength(1), PATIENT);

  expect(received[0]).toMatchObject({ messageId: message.messageId, redelivered: true });
  expect(performance.now() - before).toBeLessThan(2_000);
});

test('a start takes nothing from a service that is alive', async () => {
  let letGo: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  const first = await aConsumer(harness, 'mailer:order.paid', () => gate);
  await first.bus.publish(aMessage());
  await eventually(() => expect(first.received).toHaveLength(1), PATIENT);

  const second = await aConsumer(harness, 'mailer:order.paid');
  const other = await aConsumer(harness, 'orders:order.paid');
  await other.bus.stop();
  await second.bus.publish(aMessage());
  await eventually(() => expect(first.received.length + second.received.length).toBe(2), PATIENT);

  letGo();
  await eventually(async () => expect(await second.bus.depth('mailer:order.paid')).toBe(0), PATIENT);
  expect([...first.received, ...second.received].some(({ redelivered }) => redelivered)).toBe(false);
});

test('a bus needs four connections at most', async () => {
  const { bus } = await aConsumer(harness, 'mailer:order.paid');
  await Promise.all(Array.from({ length: 100 }, () => bus.publish(aMessage())));
  const { rows } = await harness.pool.query<{ connections: number }>(
    `select count(*)::int as connections from pg_stat_activity
     where datname = current_database() and application_name = 'mailer bus'`,
  );
  expect(rows[0]?.connections).toBeLessThanOrEqual(4);
});

test('a message is handled within milliseconds', async () => {
  const { bus, received } = await aConsumer(harness, 'mailer:order.paid');
  await bus.publish(aMessage());
  await eventually(() => expect(received).toHaveLength(1), PATIENT);
  const times: number[] = [];
  for (let i = 2; i <= 12; i += 1) {
    const before = performance.now();
    await bus.publish(aMessage());
    await eventually(() => expect(received).toHaveLength(i), { ...PATIENT, everyMs: 1 });
    times.push(performance.now() - before);
  }
  expect(times.sort((a, b) => a - b)[5]).toBeLessThan(250);
});

test('a database that is away fails the start', async () => {
  const bus = new EmbeddedBus({ connectionString: 'postgres://127.0.0.1:1/bus', service: 'mailer' });
  await expect(bus.start()).rejects.toThrow();
});
