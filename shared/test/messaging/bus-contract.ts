import { randomUUID } from 'node:crypto';
import { type Bus, type IncomingMessage, type OutgoingMessage, PermanentFault } from '@shop/shared/messaging/bus';
import type { Exchange } from '@shop/shared/messaging/define-event';
import type { QueueDefinition } from '@shop/shared/messaging/topology';
import { eventually } from './eventually.js';

/** A broker of the test's own, and buses on it. */
export interface BusHarness {
  /** A bus that is not started. The harness stops it at the end. */
  bus(service: string): Bus;
  /** A message of a publisher that keeps to no contract: neither properties nor JSON. */
  publishForeign(exchange: Exchange, key: string, text: string): Promise<void>;
  deadLetters(queue: string): Promise<DeadLetter[]>;
  /** Makes the broker see the service's consumers as dead. */
  killConsumer(service: string): Promise<void>;
  /** Cuts the connections of a service's buses. */
  cutOff(service: string): Promise<void>;
  dispose(): Promise<void>;
}

export interface DeadLetter {
  readonly messageId: string;
  readonly text: string;
  readonly reason: string;
  readonly service: string;
  readonly attempts: number;
}

export const testQueues: readonly QueueDefinition[] = [
  { name: 'mailer:order.paid', service: 'mailer', exchange: 'order_exchange', key: 'order.paid' },
  { name: 'orders:order.paid', service: 'orders', exchange: 'order_exchange', key: 'order.paid' },
  { name: 'orders:any', service: 'orders', exchange: 'order_exchange', key: 'order.*' },
  { name: 'logger:all', service: 'logger', exchange: 'logs_exchange', key: '#', maxLength: 1_000 },
];

/** A message as an outbox would publish it. */
export function aMessage(changes: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    messageId: randomUUID(),
    correlationId: randomUUID(),
    type: 'order.paid',
    timestamp: 1_760_000_000_000,
    appId: 'payments',
    headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    exchange: 'order_exchange',
    body: { order_uuid: randomUUID(), note: 'Hải Phòng ✓' },
    ...changes,
  };
}

/** What every adapter of the message bus must do. */
export function busContract(newHarness: () => Promise<BusHarness>): void {
  let harness: BusHarness;
  beforeEach(async () => (harness = await newHarness()));
  afterEach(() => harness.dispose());

  /** A started bus whose consumer of the queue keeps what it gets, after it has done something with it. */
  async function consumer(
    queue: string,
    handle: (message: IncomingMessage) => Promise<void> | void = () => undefined,
    prefetch?: number,
  ): Promise<{ bus: Bus; received: IncomingMessage[] }> {
    const bus = harness.bus(queue.split(':')[0] ?? queue);
    const received: IncomingMessage[] = [];
    bus.consume(
      queue,
      async (message) => {
        received.push(message);
        await handle(message);
      },
      prefetch === undefined ? undefined : { prefetch },
    );
    await bus.start();
    await bus.startConsuming();
    return { bus, received };
  }

  const drained = (bus: Bus, queue: string) =>
    eventually(
      () => bus.depth(queue),
      (depth) => depth === 0,
    );

  test('a message arrives whole at every bound queue, once', async () => {
    const message = aMessage();
    const mailer = await consumer('mailer:order.paid');
    const orders = await consumer('orders:order.paid');

    await orders.bus.publish(message);

    for (const { bus, received } of [mailer, orders]) {
      await eventually(
        () => received.length,
        (count) => count === 1,
      );
      const { exchange: _, body, ...envelope } = message;
      expect(received[0]).toEqual({ ...envelope, text: JSON.stringify(body), attempt: 1, redelivered: false });
      expect(bus.connected).toBe(true);
    }
    await drained(mailer.bus, 'mailer:order.paid');
  });

  test('topic patterns choose the queues', async () => {
    const { bus, received } = await consumer('orders:any');
    const logger = await consumer('logger:all');

    await bus.publish(aMessage({ type: 'order.requested' }));
    await bus.publish(aMessage({ type: 'order.paid' }));
    await bus.publish(aMessage({ exchange: 'logs_exchange', type: 'log.warn' }));

    await eventually(
      () => received.length + logger.received.length,
      (count) => count === 3,
    );
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
    await eventually(
      () => publisher.depth('mailer:order.paid'),
      (depth) => depth === 1,
    );
    await publisher.stop();

    const { received } = await consumer('mailer:order.paid');
    await eventually(
      () => received.length,
      (count) => count === 1,
    );
  });

  test('a consumer that dies before it has answered gets the message again', async () => {
    let letGo: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (letGo = resolve));
    const { bus, received } = await consumer('mailer:order.paid', () => (received.length === 1 ? gone : undefined));
    const message = aMessage();
    await bus.publish(message);
    await eventually(
      () => received.length,
      (count) => count === 1,
    );

    await harness.killConsumer('mailer');

    await eventually(
      () => received.length,
      (count) => count === 2,
    );
    expect(received[1]).toMatchObject({ messageId: message.messageId, attempt: 1, redelivered: true });
    letGo();
    await drained(bus, 'mailer:order.paid');
  });

  test('at most as many messages as told are handled at once', async () => {
    let atOnce = 0;
    let most = 0;
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const { bus, received } = await consumer(
      'mailer:order.paid',
      async () => {
        most = Math.max(most, (atOnce += 1));
        await gate;
        atOnce -= 1;
      },
      2,
    );
    for (let i = 0; i < 7; i += 1) await bus.publish(aMessage());
    await eventually(
      () => received.length,
      (count) => count === 2,
    );
    expect(await bus.depth('mailer:order.paid')).toBe(7);

    open();
    await eventually(
      () => received.length,
      (count) => count === 7,
    );
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

    await eventually(
      () => paid.length,
      (count) => count === 1,
      5_000,
    );
    open();
    await drained(bus, 'orders:any');
  });

  test('a fault that may pass is tried again, later each time, and counted', async () => {
    const times: number[] = [];
    const { bus, received } = await consumer('mailer:order.paid', ({ attempt }) => {
      times.push(performance.now());
      if (attempt < 3) throw new Error('not yet');
    });
    const message = aMessage();
    await bus.publish(message);

    await eventually(
      () => received.length,
      (count) => count === 3,
    );
    expect(received.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    const { attempt: _, redelivered, ...rest } = received[2] ?? received[0]!;
    expect(received[0]).toMatchObject(rest);
    expect(redelivered).toBe(false);
    const [first = 0, second = 0, third = 0] = times;
    expect(second - first).toBeGreaterThan(190);
    expect(third - second).toBeGreaterThan(950);
    expect(third - second).toBeLessThan(3_000);
    await drained(bus, 'mailer:order.paid');
  });

  test('a retry goes only to the queue whose handler failed', async () => {
    const orders = await consumer('orders:order.paid');
    const mailer = await consumer('mailer:order.paid', ({ attempt }) => {
      if (attempt === 1) throw new Error('not yet');
    });
    await orders.bus.publish(aMessage());

    await eventually(
      () => mailer.received.length,
      (count) => count === 2,
    );
    await drained(orders.bus, 'orders:order.paid');
    expect(orders.received).toHaveLength(1);
  });

  test('a permanent fault makes a dead letter that keeps its reason', async () => {
    const { bus, received } = await consumer('mailer:order.paid', ({ attempt }) => {
      if (attempt === 1) throw new Error('not yet');
      throw new PermanentFault(`the body is not a mail: ${'x'.repeat(200_000)}`);
    });
    const message = aMessage();
    await bus.publish(message);

    const [letter] = await eventually(
      () => harness.deadLetters('mailer:order.paid'),
      (letters) => letters.length === 1,
    );
    expect(letter).toMatchObject({
      messageId: message.messageId,
      text: JSON.stringify(message.body),
      reason: expect.stringMatching(/^the body is not a mail: x+$/),
      service: 'mailer',
      attempts: 2,
    });
    expect(received).toHaveLength(2);
    await drained(bus, 'mailer:order.paid');
  });

  test('a foreign message arrives as text, with an envelope that can be used', async () => {
    const ids: string[] = [];
    const { bus, received } = await consumer('mailer:order.paid', ({ messageId, attempt }) => {
      ids.push(messageId);
      if (attempt === 1) throw new Error('not yet');
    });
    await harness.publishForeign('order_exchange', 'order.paid', '<paid/>');

    await eventually(
      () => received.length,
      (count) => count === 2,
    );
    expect(received[1]).toMatchObject({
      text: '<paid/>',
      type: 'order.paid',
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      timestamp: expect.any(Number),
    });
    expect(new Set(ids).size).toBe(1);
    await drained(bus, 'mailer:order.paid');
  });

  test('two consumers of one queue share its messages', async () => {
    const seen: string[] = [];
    const slowly = async ({ messageId }: IncomingMessage) => {
      seen.push(messageId);
      await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const first = await consumer('mailer:order.paid', slowly, 1);
    const second = await consumer('mailer:order.paid', slowly, 1);
    const messages = Array.from({ length: 20 }, () => aMessage());
    await Promise.all(messages.map((message) => first.bus.publish(message)));

    await eventually(
      () => seen.length,
      (count) => count >= 20,
    );
    await drained(first.bus, 'mailer:order.paid');
    expect(seen.sort()).toEqual(messages.map(({ messageId }) => messageId).sort());
    expect(first.received.length).toBeGreaterThan(2);
    expect(second.received.length).toBeGreaterThan(2);
  });

  test('stopping waits for the handlers in flight, and leaves the rest in the queue', async () => {
    let ended = 0;
    const { bus, received } = await consumer(
      'mailer:order.paid',
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        ended += 1;
      },
      2,
    );
    for (let i = 0; i < 6; i += 1) await bus.publish(aMessage());
    await eventually(
      () => received.length,
      (count) => count === 2,
    );

    await bus.stopConsuming();
    expect(ended).toBe(received.length);
    const left = 6 - ended;
    await eventually(
      () => bus.depth('mailer:order.paid'),
      (depth) => depth === left,
    );

    await bus.publish(aMessage());
    await bus.startConsuming();
    await eventually(
      () => ended,
      (count) => count === 7,
    );
  });

  test('a lost connection is told, and mended', async () => {
    const { bus, received } = await consumer('mailer:order.paid');
    const changes: boolean[] = [];
    bus.onConnectionChange((connected) => changes.push(connected));

    await harness.cutOff('mailer');
    await eventually(
      () => changes.length,
      (count) => count >= 2,
    );
    expect(changes.slice(0, 2)).toEqual([false, true]);

    // A connection may be cut a second time at any moment: a publisher publishes again what was refused.
    await eventually(
      () =>
        bus.publish(aMessage()).then(
          () => true,
          () => false,
        ),
      Boolean,
    );
    await eventually(
      () => received.length,
      (count) => count >= 1,
    );
  });

  test('what is published around a loss is either refused or delivered', async () => {
    const { received } = await consumer('orders:order.paid');
    const publisher = harness.bus('payments');
    await publisher.start();
    const confirmed: string[] = [];
    const publishing = Array.from({ length: 300 }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * 3));
      const message = aMessage();
      await publisher.publish(message).then(
        () => confirmed.push(message.messageId),
        () => undefined,
      );
    });
    await eventually(
      () => confirmed.length,
      (count) => count > 20,
    );
    await harness.cutOff('payments');
    await Promise.all(publishing);

    await eventually(() => publisher.connected, Boolean);
    await publisher.publish(aMessage());
    await eventually(
      () => {
        const arrived = new Set(received.map(({ messageId }) => messageId));
        return confirmed.filter((id) => !arrived.has(id)).length;
      },
      (missing) => missing === 0,
    );
  });

  test('publishing to a bus that was stopped is refused', async () => {
    const bus = harness.bus('payments');
    await bus.start();
    await bus.stop();
    await expect(bus.publish(aMessage())).rejects.toThrow();
    expect(bus.connected).toBe(false);
  });
}
