import { randomUUID } from 'node:crypto';
import type { PubSub } from '@shop/shared/backing/ports';
import { eventually } from '../../../tests/support/eventually.js';

/** What every way to wake others up must do. Two parts of a shop may each have an adapter of their own. */
export function pubSubContract(newPair: () => Promise<readonly [PubSub, PubSub]>): void {
  let here: PubSub;
  let there: PubSub;
  beforeEach(async () => ([here, there] = await newPair()));
  afterEach(() => Promise.all([here.stop(), there.stop()]));

  test('a message reaches every listener of its channel, and nobody else', async () => {
    const channel = `orders:${randomUUID()}`;
    const heard: string[] = [];
    await there.subscribe(channel, (message) => heard.push(`first ${message}`));
    await there.subscribe(channel, (message) => heard.push(`second ${message}`));
    await there.subscribe(`${channel}:other`, (message) => heard.push(`other ${message}`));

    await here.publish(channel, 'PAID');

    await eventually(() => expect(heard.length).toBeGreaterThanOrEqual(2));
    expect(heard.sort()).toEqual(['first PAID', 'second PAID']);
  });

  test('a second listener hears what is published once it listens, however fast it came', async () => {
    const channel = randomUUID();
    const heard: string[] = [];
    const first = there.subscribe(channel, () => undefined);
    await there.subscribe(channel, (message) => heard.push(message));
    await here.publish(channel, 'now');
    await eventually(async () => expect(heard).toHaveLength(1));
    await first;
  });

  test('a listener that has stopped hears nothing more, the others do', async () => {
    const channel = randomUUID();
    const stopped: string[] = [];
    const listening: string[] = [];
    const stop = await there.subscribe(channel, (message) => stopped.push(message));
    await there.subscribe(channel, (message) => listening.push(message));
    await stop();

    await here.publish(channel, 'on');

    await eventually(async () => expect(listening).toHaveLength(1));
    expect(stopped).toEqual([]);
  });

  test('a channel can be listened to again', async () => {
    const channel = randomUUID();
    const heard: string[] = [];
    const stop = await there.subscribe(channel, () => undefined);
    const stopped = stop();
    await there.subscribe(channel, (message) => heard.push(message));
    await stopped;
    await here.publish(channel, 'again');
    await eventually(async () => expect(heard).toHaveLength(1));
  });

  test('nobody is told of a reconnection before there was a loss', async () => {
    let told = 0;
    const channel = randomUUID();
    const heard: string[] = [];
    there.onReconnect(() => (told += 1));
    await there.subscribe(channel, (message) => heard.push(message));
    await here.publish(channel, 'calm');
    await eventually(async () => expect(heard).toHaveLength(1));
    expect(told).toBe(0);
  });
}
