import { randomUUID } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { silentTelemetry } from '@shop/shared/telemetry/telemetry';
import { RedisPubSub } from '@shop/shared/redis/redis-pubsub';
import { RedisVersionedCache } from '@shop/shared/redis/redis-versioned-cache';
import { eventually } from '../../../tests/support/eventually.js';
import { tcpProxy } from '../../../tests/support/tcp-proxy.js';
import { pubSubContract } from './pubsub-contract.js';
import { versionedCacheContract } from './versioned-cache-contract.js';

const url = process.env['REDIS_URL'] ?? '';
const telemetry = silentTelemetry();
/** Nobody listens there. */
const nowhere = 'redis://127.0.0.1:1';

async function started<Part extends { start(): Promise<void> }>(part: Part): Promise<Part> {
  await part.start();
  return part;
}

describe('pub/sub over Redis', () => {
  const namespace = `test-${randomUUID()}:`;
  const newPubSub = () => started(new RedisPubSub({ url, namespace, telemetry }));

  pubSubContract(async () => [await newPubSub(), await newPubSub()]);

  test('after a loss it listens again, and says so', async () => {
    const proxy = await tcpProxy(url);
    const here = await newPubSub();
    const there = await started(new RedisPubSub({ url: `redis://${proxy.host}`, namespace, telemetry }));
    const heard: string[] = [];
    let told = 0;
    await there.subscribe('orders', (message) => heard.push(message));
    there.onReconnect(() => (told += 1));

    proxy.cut();

    await eventually(async () => expect(await told).toBe(1));
    await here.publish('orders', 'PAID');
    await eventually(async () => expect(heard).toHaveLength(1));
    await Promise.all([here.stop(), there.stop()]);
    await proxy.close();
  });

  test('a listener that came while Redis was away listens once it is back', async () => {
    const proxy = await tcpProxy(url);
    await proxy.close();
    const here = await newPubSub();
    const there = await started(new RedisPubSub({ url: `redis://${proxy.host}`, namespace, telemetry }));
    const heard: string[] = [];
    let told = 0;
    there.onReconnect(() => (told += 1));
    await there.subscribe('orders', (message) => heard.push(message));

    await proxy.open();

    await eventually(async () => expect(await told).toBe(1));
    await here.publish('orders', 'PAID');
    await eventually(async () => expect(heard).toHaveLength(1));
    await Promise.all([here.stop(), there.stop()]);
    await proxy.close();
  });

  test('another namespace hears nothing', async () => {
    const [here, there] = [await newPubSub(), await started(new RedisPubSub({ url, namespace: 'other:', telemetry }))];
    const heard: string[] = [];
    await there.subscribe('orders', () => heard.push('there'));
    await here.subscribe('orders', () => heard.push('here'));
    await here.publish('orders', 'PAID');
    await eventually(() => expect(heard.length).toBeGreaterThanOrEqual(1));
    expect(heard).toEqual(['here']);
    await Promise.all([here.stop(), there.stop()]);
  });

  test('without Redis it starts, takes listeners, and refuses to publish', async () => {
    const pubsub = await started(new RedisPubSub({ url: nowhere, telemetry }));
    await expect(pubsub.subscribe('orders', () => undefined)).resolves.toBeInstanceOf(Function);
    await expect(pubsub.publish('orders', 'PAID')).rejects.toThrow();
    await pubsub.stop();
  });
});

describe('cache in Redis', () => {
  const namespace = `test-${randomUUID()}:`;
  versionedCacheContract(() => started(new RedisVersionedCache({ url, namespace, telemetry })));

  test('an entry expires', async () => {
    const cache = await started(new RedisVersionedCache({ url, namespace, telemetry }));
    await cache.setMany([{ key: 'short', entry: { version: 1, value: 'x' } }], 1);
    await eventually(async () => expect(await cache.getMany(['short'])).toEqual([undefined]));
    await cache.stop();
  });

  test('after a loss it says so before it answers anybody', async () => {
    const proxy = await tcpProxy(url);
    const cache = await started(new RedisVersionedCache({ url: `redis://${proxy.host}`, namespace, telemetry }));
    await cache.setMany([{ key: 'kept', entry: { version: 1, value: 'x' } }], 60);
    const heard: string[] = [];
    cache.onReconnect(() => heard.push('told'));
    await proxy.close();
    await eventually(() => expect(cache.connected).toBe(false));
    await expect(cache.getMany(['kept'])).rejects.toThrow();
    await proxy.open();
    const read = async () => expect(await cache.getMany(['kept'])).toEqual([{ version: 1, value: 'x' }]);
    await eventually(() => read().then(() => heard.push('answered')), { everyMs: 1 });
    expect(heard).toEqual(['told', 'answered']);
    expect(cache.connected).toBe(true);
    await cache.stop();
    await proxy.close();
  });

  test('what an earlier life of the server has left is not found, as from an old dump', async () => {
    let life = 'a'.repeat(40);
    // Redis makes its `run_id` anew at each start.
    const proxy = await tcpProxy(url, (text) => text.replace(/(?<=^run_id:)\w{40}/m, life));
    const cache = await started(new RedisVersionedCache({ url: `redis://${proxy.host}`, namespace, telemetry }));
    await cache.setMany([{ key: 'old', entry: { version: 1, value: 'x' } }], 60);
    let told = 0;
    cache.onReconnect(() => (told += 1));
    life = 'b'.repeat(40);
    proxy.cut();
    await eventually(() => expect(told).toBe(1));
    expect(await cache.getMany(['old'])).toEqual([undefined]);
    await cache.stop();
    await proxy.close();
  });

  test('without Redis every call fails at once', async () => {
    const cache = await started(new RedisVersionedCache({ url: nowhere, telemetry }));
    const before = performance.now();
    await expect(cache.getMany(['a'])).rejects.toThrow();
    await expect(cache.setMany([{ key: 'a', entry: { version: 1, value: 'a' } }], 60)).rejects.toThrow();
    expect(performance.now() - before).toBeLessThan(500);
    await cache.stop();
  });

  test('a Redis that does not answer is not waited for', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket.on('error', () => undefined).resume()));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const cache = new RedisVersionedCache({ url: `redis://127.0.0.1:${port}`, telemetry });
    const starting = cache.start();
    const before = performance.now();
    await expect(cache.getMany(['a'])).rejects.toThrow();
    expect(performance.now() - before).toBeLessThan(1_500);
    await cache.stop();
    await starting;
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
});
