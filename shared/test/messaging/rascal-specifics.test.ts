import amqplib from 'amqplib';
import { RascalBus } from '@shop/shared/messaging/rascal-bus';
import { queues } from '@shop/shared/messaging/topology';
import { eventually } from '../../../tests/support/eventually.js';
import { manage } from '../../../tests/support/test-broker.js';
import { aConsumer, aMessage, drained, PATIENT } from './bus-harness.js';
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
