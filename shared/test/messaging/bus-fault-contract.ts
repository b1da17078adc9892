import { setTimeout as pause } from 'node:timers/promises';
import { PermanentFault } from '@shop/shared/messaging/bus';
import { eventually } from '../../../tests/support/eventually.js';
import { aConsumer, aMessage, type BusHarness, drained, PATIENT } from './bus-harness.js';

/** What every adapter of the message bus must do when handlers, consumers or connections fail. */
export function busFaultContract(newHarness: () => Promise<BusHarness>): void {
  let harness: BusHarness;
  beforeEach(async () => (harness = await newHarness()));
  afterEach(() => harness.dispose());

  test('a fault that may pass is tried again, later each time, and counted', async () => {
    const times: number[] = [];
    const { bus, received } = await aConsumer(harness, 'mailer:order.paid', ({ attempt }) => {
      times.push(performance.now());
      if (attempt < 3) throw new Error('not yet');
    });
    const message = aMessage();
    await bus.publish(message);

    await eventually(() => expect(received).toHaveLength(3), PATIENT);
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
    const orders = await aConsumer(harness, 'orders:order.paid');
    const mailer = await aConsumer(harness, 'mailer:order.paid', ({ attempt }) => {
      if (attempt === 1) throw new Error('not yet');
    });
    await orders.bus.publish(aMessage());

    await eventually(() => expect(mailer.received).toHaveLength(2), PATIENT);
    await drained(orders.bus, 'orders:order.paid');
    expect(orders.received).toHaveLength(1);
  });

  test('a permanent fault makes a dead letter that keeps its reason', async () => {
    const { bus, received } = await aConsumer(harness, 'mailer:order.paid', ({ attempt }) => {
      if (attempt === 1) throw new Error('not yet');
      throw new PermanentFault(`the body is not a mail: ${'x'.repeat(200_000)}`);
    });
    const message = aMessage();
    await bus.publish(message);

    const letter = await eventually(async () => {
      const letters = await harness.letters.list(10);
      expect(letters).toHaveLength(1);
      return letters[0];
    }, PATIENT);
    expect(letter).toMatchObject({
      queue: 'mailer:order.paid',
      messageId: message.messageId,
      correlationId: message.correlationId,
      type: 'order.paid',
      text: JSON.stringify(message.body),
      reason: expect.stringMatching(/^the body is not a mail: x+$/),
      service: 'mailer',
      attempts: 2,
    });
    expect(received).toHaveLength(2);
    await drained(bus, 'mailer:order.paid');
  });

  test('dead letters are looked at without moving, and replayed or dropped one by one', async () => {
    let mended = false;
    const { bus, received } = await aConsumer(harness, 'mailer:order.paid', () => {
      if (!mended) throw new PermanentFault('no');
    });
    const [first, second, third] = [aMessage(), aMessage(), aMessage()];
    for (const message of [first, second, third]) await bus.publish(message);
    const byMessage = async () => new Map((await harness.letters.list(10)).map((letter) => [letter.messageId, letter]));
    const before = await eventually(async () => {
      const letters = await byMessage();
      expect(letters.size).toBe(3);
      return letters;
    }, PATIENT);
    expect(await byMessage()).toEqual(before);
    expect(await harness.letters.list(2)).toHaveLength(2);
    const looks = await Promise.all([harness.letters.list(10), harness.letters.list(10), harness.letters.list(10)]);
    expect(looks.map((letters) => letters.length)).toEqual([3, 3, 3]);

    mended = true;
    const replayed = before.get(first.messageId);
    expect(await harness.letters.replay(({ id }) => id === replayed?.id)).toEqual([replayed]);
    await eventually(() => expect(received).toHaveLength(4), PATIENT);
    const { messageId, type, headers, timestamp } = first;
    expect(received[3]).toMatchObject({
      messageId,
      type,
      headers,
      timestamp,
      text: JSON.stringify(first.body),
      attempt: 1,
    });
    await harness.letters.drop(({ messageId }) => messageId === second.messageId);
    expect([...(await byMessage()).keys()]).toEqual([third.messageId]);

    expect(await harness.letters.replay(() => true)).toHaveLength(1);
    expect(await harness.letters.replay(() => true)).toEqual([]);
    await eventually(() => expect(received).toHaveLength(5), PATIENT);
    await drained(bus, 'mailer:order.paid');
  });

  test('a foreign message arrives as text, with an envelope that can be used', async () => {
    const ids: string[] = [];
    const { bus, received } = await aConsumer(harness, 'mailer:order.paid', ({ messageId, attempt }) => {
      ids.push(messageId);
      if (attempt === 1) throw new Error('not yet');
    });
    await harness.publishForeign('order_exchange', 'order.paid', '<paid/>');

    await eventually(() => expect(received).toHaveLength(2), PATIENT);
    expect(received[1]).toMatchObject({
      text: '<paid/>',
      type: 'order.paid',
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      timestamp: expect.any(Number),
    });
    expect(new Set(ids).size).toBe(1);
    await drained(bus, 'mailer:order.paid');
  });

  test('messages that nobody can handle hold up none of those behind them', async () => {
    const { bus, received } = await aConsumer(
      harness,
      'mailer:order.paid',
      ({ text }) => {
        if (text === '"unreadable"') throw new PermanentFault('no');
        if (text === '"unlucky"') throw new Error('not yet, nor ever');
      },
      2,
    );
    for (const body of ['unreadable', 'unlucky', 'unreadable', 'unlucky', 'unreadable', 'unlucky', 'good', 'good'])
      await bus.publish(aMessage({ body }));

    const texts = () => received.map(({ text }) => text);
    await eventually(() => expect(texts().filter((text) => text === '"good"')).toHaveLength(2), PATIENT);
    await eventually(async () => expect(await harness.letters.list(10)).toHaveLength(3), PATIENT);
    await eventually(() => expect(received.filter(({ attempt }) => attempt === 2)).toHaveLength(3), PATIENT);
  });

  test('a consumer that dies before it has answered gets the message again', async () => {
    let letGo: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (letGo = resolve));
    const { bus, received } = await aConsumer(harness, 'mailer:order.paid', () =>
      received.length === 1 ? gone : undefined,
    );
    const message = aMessage();
    await bus.publish(message);
    await eventually(() => expect(received).toHaveLength(1), PATIENT);

    await harness.killConsumers();

    await eventually(() => expect(received).toHaveLength(2), PATIENT);
    expect(received[1]).toMatchObject({ messageId: message.messageId, attempt: 1, redelivered: true });
    letGo();
    await drained(bus, 'mailer:order.paid');
  });

  test('a lost connection is told, and mended', async () => {
    const { bus, received } = await aConsumer(harness, 'mailer:order.paid');
    const changes: boolean[] = [];
    bus.onConnectionChange((connected) => changes.push(connected));

    await harness.cutOff();
    await eventually(() => expect(changes.length).toBeGreaterThanOrEqual(2), PATIENT);
    expect(changes.slice(0, 2)).toEqual([false, true]);

    await eventually(() => bus.publish(aMessage()), PATIENT);
    await eventually(() => expect(received.length).toBeGreaterThanOrEqual(1), PATIENT);
  });

  test('what is published around a loss is either refused or delivered', async () => {
    const { received } = await aConsumer(harness, 'orders:order.paid');
    const publisher = harness.bus('payments');
    await publisher.start();
    const confirmed: string[] = [];
    const publishing = Array.from({ length: 300 }, async (_, index) => {
      await pause(index * 3);
      const message = aMessage();
      await publisher.publish(message).then(
        () => confirmed.push(message.messageId),
        () => undefined,
      );
    });
    await eventually(() => expect(confirmed.length).toBeGreaterThan(20), PATIENT);
    await harness.cutOff();
    await Promise.all(publishing);

    await eventually(() => publisher.publish(aMessage()), PATIENT);
    await eventually(() => {
      const arrived = new Set(received.map(({ messageId }) => messageId));
      expect(confirmed.filter((id) => !arrived.has(id))).toEqual([]);
    }, PATIENT);
  });
}
