import { PermanentFault } from '@shop/shared/messaging/bus';
import amqplib from 'amqplib';
import { eventually } from '../../../tests/support/eventually.js';
import { manage } from '../../../tests/support/test-broker.js';
import { aConsumer, aMessage, drained, PATIENT } from './bus-harness.js';
import { rabbitHarness, type RabbitHarness } from './rabbitmq-harness.js';

let harness: RabbitHarness;
beforeEach(async () => (harness = await rabbitHarness()));
afterEach(() => harness.dispose());

/** What publishers that keep to no contract may put into a message's headers, by what it is. */
const poison: Readonly<Record<string, object>> = {
  'an x-death that is a text': { 'x-death': 'text' },
  'an x-death that is a table': { 'x-death': { a: 1 } },
  'an x-death of nothing': { 'x-death': [null] },
  'an x-death behind a prototype': JSON.parse('{"__proto__":{"x-death":"text"}}') as object,
  'what rascal refuses': { rascal: { recovery: { 'mailer:order.paid': { immediateNack: true } } } },
  'what rascal moves': { rascal: { restoreRoutingHeaders: true, originalRoutingKey: 'order.stolen' } },
  'a text where rascal has a table': { rascal: 'text' },
};

test('whatever is in its headers, a message reaches its handler, and holds up none behind it', async () => {
  const { bus, received } = await aConsumer(harness, 'mailer:order.paid');
  await eventually(() => expect(bus.connected).toBe(true), PATIENT);
  let losses = 0;
  bus.onConnectionChange((connected) => (losses += connected ? 0 : 1));
  const connection = await amqplib.connect(harness.url);
  const channel = await connection.createConfirmChannel();
  for (const [what, headers] of Object.entries(poison))
    channel.publish('order_exchange', 'order.paid', Buffer.from(what), { headers });
  await channel.waitForConfirms();
  await connection.close();
  const behind = aMessage({ body: 'behind' });
  await bus.publish(behind);

  const all = [...Object.keys(poison), '"behind"'];
  await eventually(() => expect(received.map(({ text }) => text)).toEqual(all), PATIENT);
  expect(received.map(({ type }) => type)).toEqual(all.map(() => 'order.paid'));
  expect(losses).toBe(0);
  await drained(bus, 'mailer:order.paid');
});

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** By the broker's own hand: no client of ours can encode so much. Its headers are more than one that is put away may have. */
const publishHuge = (text: string) =>
  manage('POST', `exchanges/${new URL(harness.url).pathname.slice(1)}/order_exchange/publish`, {
    routing_key: 'order.paid',
    payload: text,
    payload_encoding: 'string',
    properties: {
      correlation_id: 'x'.repeat(255),
      headers: { huge: 'x'.repeat(100_000), ['n'.repeat(255)]: 'long', small: 'kept', traceparent: TRACE },
    },
  });

test('a message whose headers are too many to be published again is tried again, and becomes a dead letter', async () => {
  const { bus, received } = await aConsumer(harness, 'mailer:order.paid', ({ attempt }) => {
    if (attempt === 1) throw new Error('not yet');
    throw new PermanentFault('no');
  });
  await eventually(() => expect(bus.connected).toBe(true), PATIENT);
  await publishHuge('<paid/>');

  const letters = await eventually(async () => {
    const found = await harness.letters.list(10);
    expect(found).toHaveLength(1);
    return found;
  }, PATIENT);
  expect(letters).toMatchObject([{ text: '<paid/>', reason: 'no', attempts: 2 }]);
  expect(received.map(({ attempt }) => attempt)).toEqual([1, 2]);
  expect(received[1]?.headers).toEqual({ ['n'.repeat(255)]: 'long', small: 'kept', traceparent: TRACE });
  await drained(bus, 'mailer:order.paid');
});
