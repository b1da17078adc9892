import { randomUUID } from 'node:crypto';
import { RateLimits } from '@shop/shared/rate-limits/rate-limits';
import type { RedisAdapterOptions } from '@shop/shared/redis/connect';
import { silentTelemetry } from '@shop/shared/telemetry/telemetry';
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
