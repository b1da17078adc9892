import { randomUUID } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { type RateLimit, RateLimits } from '@shop/shared/rate-limits/rate-limits';
import type { RedisAdapterOptions } from '@shop/shared/redis/connect';
import { silentTelemetry } from '@shop/shared/telemetry/telemetry';
import { Redis } from 'ioredis';
import { eventually } from '../../../tests/support/eventually.js';
import { required } from '../../../tests/support/test-environment.js';
import { type TcpProxy, tcpProxy } from '../../../tests/support/tcp-proxy.js';

const url = required('REDIS_URL');
const A_MINUTE = 60_000;

describe('rate limits', () => {
  const started: RateLimits[] = [];
  let proxy: TcpProxy;
  const start = async (redis?: Partial<RedisAdapterOptions>): Promise<RateLimits> => {
    const limits = new RateLimits(redis && { url, telemetry: silentTelemetry(), ...redis });
    await limits.start();
    started.push(limits);
    return limits;
  };
  beforeAll(async () => (proxy = await tcpProxy(url)));
  afterAll(async () => {
    for (const limits of started) await limits.stop();
    await proxy.close();
  });

  it.each([
    ['in memory', () => start()],
    ['in Redis', () => start({ namespace: `test-${randomUUID()}:` })],
  ])('refuse what is too much within a minute, %s, each key by itself', async (_where, begin) => {
    const limit = (await begin()).perMinute('tries', 2);
    expect([await limit.take('a'), await limit.take('a')]).toEqual([0, 0]);
    const wait = await limit.take('a');
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(A_MINUTE);
    expect(await limit.take('b')).toBe(0);
    await limit.forget('a');
    expect(await limit.take('a')).toBe(0);
  });

  it.each([
    ['in memory', () => start()],
    ['in Redis', () => start({ namespace: `test-${randomUUID()}:` })],
  ])('count some at once, %s, and refuse them all when they are too many', async (_where, begin) => {
    const limit = (await begin()).perMinute('tries', 10);
    expect([await limit.take('a', 4), await limit.take('a', 6)]).toEqual([0, 0]);
    expect(await limit.take('a')).toBeGreaterThan(0);
    expect(await limit.take('b', 11)).toBeGreaterThan(0);
  });

  it('count for all processes together, but each name by itself', async () => {
    const namespace = `test-${randomUUID()}:`;
    const [here, there] = [await start({ namespace }), await start({ namespace })];
    expect(await here.perMinute('tries', 1).take('a')).toBe(0);
    expect(await there.perMinute('tries', 1).take('a')).toBeGreaterThan(0);
    expect(await there.perMinute('others', 1).take('a')).toBe(0);
  });

  it('that are settled later refuse at once what is too much here, and know of others a moment later', async () => {
    const namespace = `test-${randomUUID()}:`;
    const [here, there] = (await Promise.all([start({ namespace }), start({ namespace })])).map((limits) =>
      limits.perMinuteSettled('requests', 10),
    ) as [RateLimit, RateLimit];
    // Each has asked about it, so each decides alone at first.
    expect([await here.take('a'), await there.take('a')]).toEqual([0, 0]);
    const taken = await Promise.all(Array.from({ length: 20 }, () => here.take('a')));
    expect(taken.slice(0, 9)).toEqual(Array.from({ length: 9 }, () => 0));
    for (const wait of taken.slice(9)) expect([wait > 0, wait <= A_MINUTE]).toEqual([true, true]);
    await eventually(async () => expect(await there.take('a')).toBeGreaterThan(0));
    expect(await there.take('b', 11)).toBeGreaterThan(0);
    expect(await here.take('b')).toBeGreaterThan(0);
  });

  it('that are settled later refuse until the minute is over, whatever was still on its way', async () => {
    const namespace = `test-${randomUUID()}:`;
    const [here, there] = (await Promise.all([start({ namespace }), start({ namespace })])).map((limits) =>
      limits.perMinuteSettled('requests', 100_000),
    ) as [RateLimit, RateLimit];
    expect(await here.take('a')).toBe(0);
    expect(await there.take('a', 100_001)).toBeGreaterThan(0);
    // Without a pause: something is taken also while it asks what the others have taken.
    const outcomes: boolean[] = [];
    const takeFor = async (ms: number) => {
      for (const until = performance.now() + ms; performance.now() < until; await breathe())
        outcomes.push((await here.take('a')) === 0);
    };
    await takeFor(200);
    expect(outcomes[0]).toBe(true);
    outcomes.length = 0;
    await takeFor(200);
    expect(outcomes.filter(Boolean)).toEqual([]);
  });

  it('that are settled later send one command for all that a key did in a moment', async () => {
    const namespace = `test-${randomUUID()}:`;
    const limit = (await start({ namespace })).perMinuteSettled('requests', 1_000);
    const redis = new Redis(url);
    const monitor = await redis.monitor();
    const counts: string[] = [];
    monitor.on('monitor', (_time: string, [command = '', ...args]: string[]) => {
      if (/^evalsha|^eval/i.test(command) && args.some((arg) => arg.startsWith(namespace))) counts.push(args.join(' '));
    });
    await limit.take('a');
    await Promise.all(Array.from({ length: 500 }, () => limit.take('a')));
    await eventually(async () => expect(await redis.get(`${namespace}rate:requests:a`)).toBe('501'));
    await eventually(async () => expect(counts.length).toBeGreaterThan(0));
    expect(counts.length).toBeLessThanOrEqual(4);
    monitor.disconnect();
    redis.disconnect();
  });

  it('are none at 0', async () => {
    const limit = (await start()).perMinute('tries', 0);
    for (let n = 0; n < 100; n += 1) expect(await limit.take('a')).toBe(0);
  });

  it('go on in memory while Redis is away, and in Redis once it is back', async () => {
    const namespace = `test-${randomUUID()}:`;
    const limits = await start({ url: `redis://${proxy.host}`, namespace });
    const elsewhere = (await start({ namespace })).perMinute('tries', 1);
    const limit = limits.perMinute('tries', 1);
    expect(await limit.take('before')).toBe(0);

    await proxy.close();
    expect(await limit.take('meanwhile')).toBe(0);
    expect(await limit.take('meanwhile')).toBeGreaterThan(0);

    await proxy.open();
    await eventually(async () => {
      const key = randomUUID();
      await limit.take(key);
      expect(await elsewhere.take(key)).toBeGreaterThan(0);
    });
  });

  it('answer soon while Redis says nothing', async () => {
    const limits = await start({ url: `redis://${proxy.host}`, namespace: `test-${randomUUID()}:` });
    const limit = limits.perMinute('tries', 1);
    await limit.take('warm');
    for (const passage of proxy.passages()) passage.swallow();
    const since = performance.now();
    expect(await limit.take('a')).toBe(0);
    expect(performance.now() - since).toBeLessThan(2_000);
    proxy.cut();
  });
});
