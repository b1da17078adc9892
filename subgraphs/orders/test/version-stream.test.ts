import { silentLogger } from '@shop/shared/logging/logger';
import { eventually } from '../../../tests/support/eventually.js';
import { UserVersions } from '../src/live-status/user-versions.js';
import { VersionStream } from '../src/live-status/version-stream.js';
import { WakeUps } from '../src/live-status/wake-ups.js';
import type { OrderReader } from '../src/persistence/order-reader.js';
import type { OrderView } from '../src/persistence/order-view.js';

/** Redis as a test holds it in its hands. */
class HandPubSub {
  readonly name = 'by hand';
  readonly listeners = new Map<string, (message: string) => void>();
  private reconnected: () => void = () => undefined;
  start = async () => undefined;
  stop = async () => undefined;
  publish = async (channel: string, message: string) => this.listeners.get(channel)?.(message);
  subscribe = async (channel: string, listener: (message: string) => void) => {
    this.listeners.set(channel, listener);
    return async () => void this.listeners.delete(channel);
  };
  onReconnect = (listener: () => void) => {
    this.reconnected = listener;
    return () => undefined;
  };
  reconnect = () => this.reconnected();
}

const view = (id: number, version: number): OrderView => ({
  ...{ id, version, uuid: `uuid-${id}`, userId: 7, status: 'Pending', reason: null, total: 1, currency: 'VND' },
  ...{ shippingAddress: null, timelineLength: 1, createdAt: new Date(0), updatedAt: new Date(0) },
});

/** A source whose reads the test writes down beforehand. */
function source(reads: (() => OrderView[])[]) {
  let count = 0;
  return {
    userId: 7,
    isNews: () => true,
    read: async () => ({ versions: reads[count++]?.() ?? [], complete: false }),
    get reads() {
      return count;
    },
  };
}

describe('a stream of versions', () => {
  it('reads at each wake-up and at each reconnection', async () => {
    const pubsub = new HandPubSub();
    const from = source([() => [], () => [], () => [view(1, 1)], () => [view(1, 2)]]);
    const stream = new VersionStream(from, new WakeUps(pubsub, silentLogger), silentLogger);
    const first = stream.next();
    await eventually(() => expect(from.reads).toBe(2));
    await pubsub.publish('orders:user:7', '{}');
    expect((await first).value).toMatchObject({ version: 1 });
    const second = stream.next();
    pubsub.reconnect();
    expect((await second).value).toMatchObject({ version: 2 });
    await stream.return();
  });

  it('reads again after a read that failed', async () => {
    const pubsub = new HandPubSub();
    const failure = () => {
      throw new Error('the database is away');
    };
    const from = source([failure, failure, () => [view(1, 1)]]);
    const stream = new VersionStream(from, new WakeUps(pubsub, silentLogger), silentLogger);
    const next = stream.next();
    await eventually(() => expect(from.reads).toBe(2));
    await pubsub.publish('orders:user:7', '{}');
    expect((await next).value).toMatchObject({ version: 1 });
    await stream.return();
  });

  it('looks at all every few seconds, however often it is told of something', async () => {
    const pubsub = new HandPubSub();
    const asked: (readonly unknown[] | null)[] = [];
    const from = {
      userId: 7,
      isNews: () => true,
      read: async (news: readonly unknown[] | null) => {
        asked.push(news);
        return { versions: asked.length > 2 && news === null ? [view(1, 1)] : [], complete: false };
      },
    };
    const stream = new VersionStream(from, new WakeUps(pubsub, silentLogger), silentLogger);
    const told = setInterval(() => {
      const wakeUp = JSON.stringify({ user_id: 7, order_uuid: 'u', version: 1 });
      void pubsub.publish('orders:user:7', wakeUp);
    }, 100);
    expect((await stream.next()).value).toMatchObject({ version: 1 });
    clearInterval(told);
    expect(asked.filter((news) => news !== null).length).toBeGreaterThan(2);
    await stream.return();
  });

  it('that is left while it waits ends at once, with no listener behind', async () => {
    const pubsub = new HandPubSub();
    const wakeUps = new WakeUps(pubsub, silentLogger);
    const stream = new VersionStream(source([]), wakeUps, silentLogger);
    const next = stream.next();
    await eventually(() => expect(pubsub.listeners.size).toBe(1));
    await stream.return();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(wakeUps.size).toBe(0);
    await eventually(() => expect(pubsub.listeners.size).toBe(0));
  });
});

describe("all of a user's versions", () => {
  it('counts nothing as given that a failed read did not give', async () => {
    const recent = [[view(1, 2)], [view(1, 2), view(1, 3), view(2, 1)]];
    let fails = false;
    const reader = {
      recentVersions: async () => {
        if (fails) throw new Error('the database is away');
        return recent.shift() ?? [];
      },
    };
    const versions = await UserVersions.fromNowOn(reader as unknown as OrderReader, 7);
    fails = true;
    await expect(versions.read(null)).rejects.toThrow('away');
    fails = false;
    const read = await versions.read(null);
    expect(read.versions.map(({ id, version }) => [id, version])).toEqual([
      [1, 3],
      [2, 1],
    ]);
  });

  it('reads only the order that it was told of, and gives nothing of it twice', async () => {
    const asked: (readonly string[] | undefined)[] = [];
    const recent = [[view(2, 1)], [view(1, 1)], [view(1, 1), view(1, 2)], [view(1, 1), view(1, 2), view(2, 1)]];
    const reader = {
      recentVersions: async (_userId: number, _seconds: number, uuids?: readonly string[]) => {
        asked.push(uuids);
        return recent.shift() ?? [];
      },
    };
    const versions = await UserVersions.fromNowOn(reader as unknown as OrderReader, 7);
    const news = [{ user_id: 7, order_uuid: 'uuid-1', version: 1 }];
    const given = [await versions.read(news), await versions.read(news), await versions.read(null)];
    expect(given.map((read) => read.versions.map(({ id, version }) => [id, version]))).toEqual([
      [[1, 1]],
      [[1, 2]],
      [],
    ]);
    expect(asked).toEqual([undefined, ['uuid-1'], ['uuid-1'], undefined]);
  });
});
