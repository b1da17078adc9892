import amqplib from 'amqplib';
import { type IncomingMessage, Undeliverable } from '@shop/shared/messaging/bus';
import { RascalBus } from '@shop/shared/messaging/rascal-bus';
import { queues } from '@shop/shared/messaging/topology';
import { eventually } from '../../../tests/support/eventually.js';
import { manage } from '../../../tests/support/test-broker.js';
import { aConsumer, aMessage, drained, PATIENT, testQueues } from './bus-harness.js';
import { rabbitHarness, type RabbitHarness } from './rabbitmq-harness.js';

interface QueueInfo {
  readonly name: string;
  readonly type: string;
  readonly durable: boolean;
  readonly arguments: Readonly<Record<string, unknown>>;
}

let harness: RabbitHarness;
beforeEach(async () => (harness = await rabbitHarness()));
afterEach(() => harness.dispose());

const vhost = () => new URL(harness.url).pathname.slice(1);

test('a service starts while the broker is away, and catches up once it is there', async () => {
  await harness.proxy.close();
  const { bus, received } = await aConsumer(harness, 'mailer:order.paid');
  expect(bus.connected).toBe(false);
  await expect(bus.publish(aMessage())).rejects.toThrow('away');
  await expect(bus.depth('mailer:order.paid')).rejects.toThrow('away');

  await harness.proxy.open();

  await eventually(() => expect(bus.connected).toBe(true), PATIENT);
  await bus.publish(aMessage());
  await eventually(() => expect(received).toHaveLength(1), PATIENT);
});

test('a bus that never reached its broker stops at once', async () => {
  await harness.proxy.close();
  const { bus } = await aConsumer(harness, 'mailer:order.paid');
  const before = performance.now();
  await bus.stop();
  expect(performance.now() - before).toBeLessThan(1_000);
  await harness.proxy.open();
});

test('a bus stops at once while its broker is away', async () => {
  const { bus } = await aConsumer(harness, 'mailer:order.paid');
  await harness.proxy.close();
  await eventually(() => expect(bus.connected).toBe(false), PATIENT);
  const before = performance.now();
  await bus.stop();
  expect(performance.now() - before).toBeLessThan(6_000);
  await harness.proxy.open();
});

test('after a longer loss everything works again', async () => {
  const { bus, received } = await aConsumer(harness, 'mailer:order.paid');
  await harness.proxy.close();
  await eventually(() => expect(bus.connected).toBe(false), PATIENT);
  await expect(bus.publish(aMessage())).rejects.toThrow('away');

  await harness.proxy.open();
  await eventually(() => bus.publish(aMessage()), PATIENT);
  await eventually(() => expect(received).toHaveLength(1), PATIENT);
  await drained(bus, 'mailer:order.paid');
});

const inVhost = (kind: string, name: string) => `${kind}/${vhost()}/${encodeURIComponent(name)}`;

test('a queue that was deleted is declared again, and consumed, by those who live', async () => {
  const { bus, received } = await aConsumer(harness, 'mailer:order.paid');
  await manage('DELETE', inVhost('queues', 'mailer:order.paid'));
  await eventually(async () => {
    await bus.publish(aMessage());
    expect(received.length).toBeGreaterThan(0);
  }, PATIENT);
  await drained(bus, 'mailer:order.paid');
});

test('a consumer goes on when its queue was deleted twice', async () => {
  const { bus, received } = await aConsumer(harness, 'mailer:order.paid');
  for (let round = 1; round <= 2; round += 1) {
    const before = received.length;
    await manage('DELETE', inVhost('queues', 'mailer:order.paid'));
    const consumes = async () => {
      await bus.publish(aMessage());
      expect(received.length).toBeGreaterThan(before);
    };
    await eventually(consumes, { timeoutMs: 25_000, everyMs: 50 });
  }
});

test('a message that no queue takes any more is refused, and taken once its bindings are declared again', async () => {
  const { bus, received } = await aConsumer(harness, 'mailer:order.paid');
  for (const queue of ['mailer:order.paid', 'orders:order.paid', 'orders:any']) {
    const key = queue === 'orders:any' ? 'order.%2A' : 'order.paid';
    const binding = `e/order_exchange/q/${encodeURIComponent(queue)}/${key}`;
    await manage('DELETE', `bindings/${vhost()}/${binding}`);
  }
  await expect(bus.publish(aMessage())).rejects.toBeInstanceOf(Undeliverable);
  await eventually(() => bus.publish(aMessage()), PATIENT);
  await eventually(() => expect(received).toHaveLength(1), PATIENT);
});

test('what is deleted without anybody noticing is declared again soon', async () => {
  const bus = new RascalBus({ url: harness.url, service: 'mailer', queues: testQueues, declareEveryMs: 200 });
  const received: IncomingMessage[] = [];
  bus.consume('mailer:order.paid', async (message) => void received.push(message));
  await bus.start();
  await bus.startConsuming();
  await eventually(() => expect(bus.connected).toBe(true), PATIENT);
  // Others take the same messages, so they are confirmed; and nobody consumes the queue.
  const binding = `e/order_exchange/q/${encodeURIComponent('mailer:order.paid')}/order.paid`;
  await manage('DELETE', `bindings/${vhost()}/${binding}`);
  await manage('DELETE', inVhost('queues', 'orders:order.paid'));

  await eventually(async () => {
    await bus.publish(aMessage());
    expect(received.length).toBeGreaterThan(0);
    expect((await bus.ready(['orders:order.paid']))[0]).toBeGreaterThan(0);
  }, PATIENT);
  await bus.stop();
});

test('a queue of what may be lost takes the bus from nobody but its consumer, when it can’t be declared', async () => {
  // As when the one node of a cluster that has it is down, declaring it is refused.
  const connection = await amqplib.connect(harness.url);
  await (await connection.createChannel()).assertQueue('logger:all', { durable: true });
  await connection.close();

  const { bus, received } = await aConsumer(harness, 'mailer:order.paid');
  expect(bus.connected).toBe(true);
  await bus.publish(aMessage());
  await eventually(() => expect(received).toHaveLength(1), PATIENT);
  await expect(bus.publish(aMessage({ exchange: 'logs_exchange', type: 'log.info' }))).rejects.toBeInstanceOf(
    Undeliverable,
  );
  expect(bus.connected).toBe(true);

  const logger = harness.bus('logger');
  await logger.start();
  expect(logger.connected).toBe(false);
  await manage('DELETE', inVhost('queues', 'logger:all'));
  await eventually(() => expect(logger.connected).toBe(true), PATIENT);
  await bus.publish(aMessage({ exchange: 'logs_exchange', type: 'log.info' }));
});

test('an exchange that was deleted is declared again', async () => {
  const { bus, received } = await aConsumer(harness, 'mailer:order.paid');
  await manage('DELETE', inVhost('exchanges', 'order_exchange'));
  await expect(bus.publish(aMessage())).rejects.toThrow('order.paid was not published');
  await eventually(() => bus.publish(aMessage()), PATIENT);
  await eventually(() => expect(received.length).toBeGreaterThan(0), PATIENT);
});

test('connections that the broker closes come back, with what they consumed', async () => {
  const { bus, received } = await aConsumer(harness, 'mailer:order.paid');
  const open = await eventually(async () => {
    const connections = (await manage('GET', `vhosts/${vhost()}/connections`)) as { name: string }[];
    expect(connections).toHaveLength(2);
    return connections;
  }, PATIENT);
  for (const { name } of open) await manage('DELETE', `connections/${encodeURIComponent(name)}`);
  await eventually(() => expect(bus.connected).toBe(false), PATIENT);
  await eventually(() => bus.publish(aMessage()), PATIENT);
  await eventually(() => expect(received.length).toBeGreaterThan(0), PATIENT);
});

test('every queue of the contract is declared, safe against crashes', async () => {
  const bus = new RascalBus({ url: harness.url, service: 'orders' });
  await bus.start();
  await bus.stop();

  const declared = (await manage('GET', `queues/${vhost()}`)) as QueueInfo[];
  const byName = new Map(declared.map((queue) => [queue.name, queue]));
  for (const { name, maxLength } of queues) {
    const expected =
      maxLength === undefined
        ? { type: 'quorum', arguments: { 'x-delivery-limit': 1_000_000 } }
        : { type: 'classic', arguments: { 'x-max-length': maxLength, 'x-overflow': 'drop-head' } };
    expect(byName.get(name)).toMatchObject({ durable: true, ...expected });
    expect(byName.get(`dead:${name}`)).toMatchObject({ durable: true, ...expected });
  }
  expect(byName.get('delay:30000')).toMatchObject({
    type: 'quorum',
    arguments: {
      'x-message-ttl': 30_000,
      'x-dead-letter-exchange': 'retry',
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
    },
  });
});

test('messages keep to the contract on the wire', async () => {
  const bus = harness.bus('payments');
  await bus.start();
  const message = aMessage();
  await bus.publish(message);

  const connection = await amqplib.connect(harness.url);
  const channel = await connection.createChannel();
  const found = await eventually(async () => {
    const got = await channel.get('mailer:order.paid');
    if (!got) throw new Error('nothing there');
    return got;
  });
  expect(found.fields.routingKey).toBe('order.paid');
  expect(found.properties).toMatchObject({
    messageId: message.messageId,
    correlationId: message.correlationId,
    type: 'order.paid',
    appId: 'payments',
    timestamp: message.timestamp / 1_000,
    deliveryMode: 2,
    contentType: 'application/json',
    headers: message.headers,
  });
  await connection.close();
});
