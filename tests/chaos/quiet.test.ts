import amqp from 'amqplib';
import { RascalBus } from '@shop/shared/messaging/rascal-bus';
import { deadLetterQueue, queueName } from '@shop/shared/messaging/topology';
import { eventually } from '../support/eventually.js';
import { testBroker } from '../support/test-broker.js';
import { required } from '../support/test-environment.js';
import { unhandled } from './quiet.js';

const QUEUE = queueName('orders', 'order.paid');

describe('the rule of the queues', () => {
  let broker: Awaited<ReturnType<typeof testBroker>>;
  let bus: RascalBus;
  beforeAll(async () => {
    broker = await testBroker();
    bus = new RascalBus({ url: broker.url, service: 'orders' });
    await bus.start();
  });
  afterAll(async () => {
    await bus?.stop();
    await broker?.drop();
  });

  const look = () => unhandled(required('RABBITMQ_MANAGEMENT_URL'), new URL(broker.url).pathname.slice(1));
  const send = async (queue: string) => {
    const connection = await amqp.connect(broker.url);
    const channel = await connection.createConfirmChannel();
    channel.sendToQueue(queue, Buffer.from('{}'));
    await channel.waitForConfirms();
    await connection.close();
  };

  it('sees a message that nobody has taken, but for dead letters, which are another rule', async () => {
    await send(deadLetterQueue(QUEUE));
    expect(await look()).toEqual({ invariant: 'no queue holds a message', count: 0 });
    await send(QUEUE);
    await eventually(async () => expect(await look()).toMatchObject({ count: 1, first: { name: QUEUE } }), {
      timeoutMs: 30_000,
      everyMs: 200,
    });
  });
});
