import { setTimeout as pause } from 'node:timers/promises';
import { StopTime } from '@shop/shared/lifecycle/stop-time';
import type { IncomingMessage } from '@shop/shared/messaging/bus';
import { eventually } from '../../../tests/support/eventually.js';
import { aConsumer, aMessage, type BusHarness, drained, PATIENT } from './bus-harness.js';

/** What every adapter of the message bus must do when all is well. */
export function busContract(newHarness: () => Promise<BusHarness>): void {
  let harness: BusHarness;
  beforeEach(async () => (harness = await newHarness()));
  afterEach(() => harness.dispose());

  test('a message arrives whole at every bound queue, once', async () => {
    const message = aMessage();
    const mailer = await aConsumer(harness, 'mailer:order.paid');
    const orders = await aConsumer(harness, 'orders:order.paid');

    await orders.bus.publish(message);

    for (const { bus, received } of [mailer, orders]) {
      await eventually(() => expect(received).toHaveLength(1), PATIENT);
      const { exchange: _, body, ...envelope } = message;
      expect(received[0]).toEqual({ ...envelope, text: JSON.stringify(body), attempt: 1, redelivered: false });
      expect(bus.connected).toBe(true);
    }
    await drained(mailer.bus, 'mailer:order.paid');
  });

  test('topic patterns choose the queues', async () => {
    const { bus, received } = await aConsumer(harness, 'orders:any');
    const logger = await aConsumer(harness, 'logger:all');

    await bus.publish(aMessage({ type: 'order.requested' }));
    await bus.publish(aMessage({ type: 'order.paid' }));
    await bus.publish(aMessage({ exchange: 'logs_exchange', type: 'log.warn' }));

    await eventually(() => expect(received.length + logger.received.length).toBe(3), PATIENT);
    expect(received.map(({ type }) => type).sort()).toEqual(['order.paid', 'order.requested']);
    expect(logger.received.map(({ type }) => type)).toEqual(['log.warn']);
  });

  test('a message that no queue takes is not confirmed', async () => {
    const bus = harness.bus('orders');
    await bus.start();
    await expect(bus.publish(aMessage({ type: 'stock.failed' }))).rejects.toThrow('no queue takes it');
    await expect(bus.publish(aMessage())).resolves.toBeUndefined();
  });

  test('a message waits for a consumer that has never run', async () => {
    const publisher = harness.bus('payments');
    await publisher.start();
    await publisher.publish(aMessage());
    await eventually(async () => expect(await publisher.depth('mailer:order.paid')).toBe(1), PATIENT);
    expect(await publisher.ready(['mailer:order.paid', 'dead:mailer:order.paid'])).toEqual([1, 0]);
    await publisher.stop();

    const { received } = await aConsumer(harness, 'mailer:order.paid');
    await eventually(() => expect(received).toHaveLength(1), PATIENT);
  });

  test('at most as many messages as told are handled at once', async () => {
    let atOnce = 0;
    let most = 0;
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const { bus, received } = await aConsumer(
      harness,
      'mailer:order.paid',
      async () => {
        most = Math.max(most, (atOnce += 1));
        await gate;
        atOnce -= 1;
      },
      2,
    );
    for (let i = 0; i < 7; i += 1) await bus.publish(aMessage());
    await eventually(() => expect(received).toHaveLength(2), PATIENT);
    expect(await bus.depth('mailer:order.paid')).toBe(7);

    open();
    await eventually(() => expect(received).toHaveLength(7), PATIENT);
    expect(most).toBe(2);
  });

  test('a queue whose handlers are all busy does not hold up another one', async () => {
    const bus = harness.bus('orders');
    const paid: IncomingMessage[] = [];
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    bus.consume('orders:any', () => gate, { prefetch: 2 });
    bus.consume('orders:order.paid', async (message) => void paid.push(message), { prefetch: 2 });
    await bus.start();
    await bus.startConsuming();

    for (let i = 0; i < 20; i += 1) await bus.publish(aMessage({ type: 'order.requested' }));
    await bus.publish(aMessage());

    await eventually(() => expect(paid).toHaveLength(1), PATIENT);
    open();
    await drained(bus, 'orders:any');
  });

  test('two consumers of one queue share its messages', async () => {
    const seen: string[] = [];
    const slowly = async ({ messageId }: IncomingMessage) => {
      seen.push(messageId);
      await pause(20);
    };
    const first = await aConsumer(harness, 'mailer:order.paid', slowly, 1);
    const second = await aConsumer(harness, 'mailer:order.paid', slowly, 1);
    const messages = Array.from({ length: 20 }, () => aMessage());
    await Promise.all(messages.map((message) => first.bus.publish(message)));

    await eventually(() => expect(seen.length).toBeGreaterThanOrEqual(20), PATIENT);
    await drained(first.bus, 'mailer:order.paid');
    expect(seen.sort()).toEqual(messages.map(({ messageId }) => messageId).sort());
    expect(first.received.length).toBeGreaterThan(2);
    expect(second.received.length).toBeGreaterThan(2);
  });

  test('stopping waits for the handlers in flight, and leaves the rest in the queue', async () => {
    let ended = 0;
    const { bus, received } = await aConsumer(
      harness,
      'mailer:order.paid',
      async () => {
        await pause(300);
        ended += 1;
      },
      2,
    );
    for (let i = 0; i < 6; i += 1) await bus.publish(aMessage());
    await eventually(() => expect(received).toHaveLength(2), PATIENT);

    await bus.stopConsuming();
    expect(ended).toBe(received.length);
    const left = 6 - ended;
    await eventually(async () => expect(await bus.depth('mailer:order.paid')).toBe(left), PATIENT);

    await bus.publish(aMessage());
    await bus.startConsuming();
    await eventually(() => expect(ended).toBe(7), PATIENT);
  });

  test('a stop that has little time gives back what is still at work by then', async () => {
    let letGo: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const { bus, received } = await aConsumer(harness, 'mailer:order.paid', () =>
      received.length === 1 ? gate : undefined,
    );
    const { messageId } = aMessage();
    await bus.publish(aMessage({ messageId }));
    await eventually(() => expect(received).toHaveLength(1), PATIENT);

    const since = performance.now();
    await bus.stopConsuming(new StopTime(1_000));
    expect(performance.now() - since).toBeLessThan(4_000);

    await bus.startConsuming();
    await eventually(() => expect(received).toHaveLength(2), PATIENT);
    expect(received[1]).toMatchObject({ messageId, attempt: 1, redelivered: true });
    letGo();
    await drained(bus, 'mailer:order.paid');
  });

  test('publishing to a bus that was stopped is refused', async () => {
    const bus = harness.bus('payments');
    await bus.start();
    await bus.stop();
    await expect(bus.publish(aMessage())).rejects.toThrow();
    expect(bus.connected).toBe(false);
  });
}
