import { randomUUID } from 'node:crypto';
import amqplib from 'amqplib';
import { aService } from './a-service.js';
import { rabbitHarness, type RabbitHarness } from '../messaging/rabbitmq-harness.js';
import { aConsumer, PATIENT } from '../messaging/bus-harness.js';
import { eventually } from '../../../tests/support/eventually.js';
import { orderPaid, paymentFailed } from '../../src/contracts/payment-events.js';
import { relayToBus } from '../../src/delivery/bus-relay.js';
import { silentTelemetry } from '../../src/telemetry/telemetry.js';

let service: Awaited<ReturnType<typeof aService>>;
let rabbit: RabbitHarness;
beforeAll(async () => {
  [service, rabbit] = await Promise.all([aService(), rabbitHarness()]);
});
afterAll(async () => {
  await rabbit.dispose();
  await service.stop();
});

const about = (orderUuid: string) => ({
  ...{ correlation_id: orderUuid, order_uuid: orderUuid },
  timestamp: new Date().toISOString(),
});
const fails = (uuid: string) =>
  service.transactions.run(async ({ outbox }) =>
    outbox.publish(paymentFailed, uuid, { ...about(uuid), reason: 'declined', status: 'failed' }),
  );
const pays = (uuid: string) =>
  service.transactions.run(async ({ outbox }) => {
    const charge = { payment_id: 1, amount: 250, currency: 'VND', status: 'succeeded' } as const;
    outbox.publish(orderPaid, uuid, { ...about(uuid), ...charge });
  });

it('an event that no queue of the broker takes is counted, holds up no other, and arrives once a queue takes it', async () => {
  const { bus, received } = await aConsumer(rabbit, 'mailer:order.paid');
  const telemetry = silentTelemetry();
  const { transactions, url: databaseUrl } = service;
  const relay = relayToBus({ bus, service: 'payments', transactions, databaseUrl, telemetry });
  const unroutable = async () => {
    const { text } = await telemetry.metrics.exposition();
    return Number(/^outbox_unroutable_total{destination="bus".*} (\d+)$/m.exec(text)?.[1]);
  };
  await relay.start();
  expect(await unroutable()).toBe(0);

  const [unheard, heard] = [randomUUID(), randomUUID()];
  await fails(unheard);
  await eventually(async () => expect(await unroutable()).toBeGreaterThan(0), PATIENT);
  await pays(heard);
  await eventually(() => expect(received.map(({ correlationId }) => correlationId)).toEqual([heard]), PATIENT);

  const connection = await amqplib.connect(rabbit.url);
  const channel = await connection.createChannel();
  await channel.bindQueue('mailer:order.paid', 'order_exchange', 'payment.failed');
  await connection.close();
  await eventually(
    () => expect(received.at(-1)).toMatchObject({ type: 'payment.failed', correlationId: unheard }),
    PATIENT,
  );
  await relay.stop();
});
