import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../../../tests/support/eventually.js';
import { type TcpProxy, tcpProxy } from '../../../tests/support/tcp-proxy.js';
import { TestAuth } from '../../../tests/support/test-auth.js';
import { PublishedKeys } from '../../src/auth/published-keys.js';

describe('the keys that auth publishes', () => {
  let auth: TestAuth;
  let proxy: TcpProxy;
  const started: PublishedKeys[] = [];
  beforeEach(async () => {
    auth = await TestAuth.start();
    proxy = await tcpProxy(auth.jwksUrl);
  });
  afterEach(async () => {
    for (const keys of started.splice(0)) await keys.stop();
    await proxy.close();
    await auth.stop();
  });
  const start = async (options: { refreshMs?: number; keptMs?: number } = {}) => {
    const url = auth.jwksUrl.replace(new URL(auth.jwksUrl).host, proxy.host);
    const keys = new PublishedKeys({ url, refreshMs: 60_000, ...options });
    started.push(keys);
    await keys.start();
    return keys;
  };

  it('are trusted no more once they are published no more', async () => {
    const keys = await start({ refreshMs: 20 });
    expect(await keys.find('test')).toBeDefined();
    auth.changeKey('next');
    await eventually(() => expect(keys.known('test')).toBeUndefined());
    expect(await keys.find('next')).toBeDefined();
  });

  it('hold while auth is away, but not for ever', async () => {
    const keys = await start({ refreshMs: 20, keptMs: 700 });
    expect(await keys.find('test')).toBeDefined();
    await proxy.close();
    expect(await keys.find('test')).toBeDefined();
    await eventually(() => expect(keys.known('test')).toBeUndefined());
    await expect(keys.find('test')).rejects.toThrow();
    await proxy.open();
    await eventually(async () => expect(await keys.find('test')).toBeDefined());
  });

  it('are found at once while a flood of made-up names has them fetched about once a second', async () => {
    const keys = await start();
    await keys.find('test');
    const before = auth.keyFetches;
    const since = performance.now();
    await Promise.all(Array.from({ length: 2_000 }, async () => expect(await keys.find(randomUUID())).toBeUndefined()));
    for (let n = 0; n < 2_000; n += 1) await keys.find(randomUUID());
    const seconds = (performance.now() - since) / 1_000;
    expect(auth.keyFetches - before).toBeLessThanOrEqual(5 + Math.ceil(seconds));

    proxy.passages().forEach((passage) => passage.swallow());
    proxy.cut();
    await proxy.close();
    await Promise.allSettled(Array.from({ length: 100 }, () => keys.find(randomUUID())));
    expect(await keys.find('test')).toBeDefined();
  });

  it('are asked for about once a second of an auth that is away', async () => {
    const keys = await start();
    await proxy.close();
    const since = performance.now();
    const outcomes = await Promise.allSettled(Array.from({ length: 500 }, () => keys.find(randomUUID())));
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    for (let n = 0; n < 500; n += 1) await expect(keys.find(randomUUID())).rejects.toThrow();
    expect(performance.now() - since).toBeLessThan(2_000);
    await proxy.open();
    await eventually(async () => expect(await keys.find('test')).toBeDefined());
  });

  it('are found at once when they are new, though the set was fetched just before, or is being fetched', async () => {
    const keys = await start();
    expect(await keys.find('test')).toBeDefined();
    auth.changeKey('new');
    expect(await keys.find('new')).toBeDefined();
    const underWay = keys.find('unknown');
    auth.changeKey('newer');
    expect(await keys.find('newer')).toBeDefined();
    expect(await underWay).toBeUndefined();
  });

  it('are soon known not to be had when auth takes the question and says nothing', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const keys = new PublishedKeys({ url: `http://127.0.0.1:${(silent.address() as AddressInfo).port}/` });
    const since = performance.now();
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => keys.find(randomUUID())));
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    // One question, and its time limit, for all of them.
    expect(performance.now() - since).toBeLessThan(5_000);
    await keys.stop();
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });

  it.each([
    '__proto__',
    'constructor',
    'toString',
    '',
    '../test',
    'test\0',
    'TEST',
    "' or 1=1 --",
    'k'.repeat(100_000),
  ])('are found by no other name: %#', async (name) => expect(await (await start()).find(name)).toBeUndefined());
});
