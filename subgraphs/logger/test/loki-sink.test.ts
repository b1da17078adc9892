import { silentLogger } from '@shop/shared/logging/logger';
import { aKeptEntry, entries } from './an-entry.js';
import { LokiStub, type Push } from './loki-stub.js';
import { type LokiOptions, LokiSink } from '../src/sinks/loki-sink.js';
import { SinkFeed } from '../src/sinks/sink-feed.js';
import { eventually } from '../../../tests/support/eventually.js';

let loki: LokiStub;
let feed: SinkFeed;
beforeEach(async () => {
  loki = new LokiStub();
  await loki.start();
  feed = aFeed();
});
afterEach(async () => {
  await feed.stop();
  await loki.stop();
});

function aFeed(options: Partial<LokiOptions> = {}): SinkFeed {
  const sink = new LokiSink({ url: loki.url, ...options });
  return new SinkFeed({ sink, logger: silentLogger, capacity: 200, batchSize: 100, lingerMs: 20 });
}

describe('a push', () => {
  it('is gzipped JSON for the push API, its times in nanoseconds as text', async () => {
    await feed.take(aKeptEntry({ level: 'warn', traceId: 'abc', fields: { a: 1 } }));
    const [push] = loki.pushes;
    expect(push).toMatchObject({
      path: '/loki/api/v1/push',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    });
    const line = {
      ...{ time: '2026-01-02T03:04:05.678Z', level: 'warn', service: 'orders', message: 'order placed' },
      ...{ trace_id: 'abc', fields: { a: 1 } },
    };
    expect(push?.streams).toEqual([
      { stream: { service: 'orders', level: 'warn' }, values: [['1767323045678000000', expect.any(String)]] },
    ]);
    expect(JSON.parse(push?.streams[0]?.values[0]?.[1] ?? '')).toEqual(line);
    expect(push?.headers).not.toHaveProperty('authorization');
  });

  it('has few labels, whatever services call themselves', async () => {
    const named = Array.from({ length: 80 }, (_, n) => aKeptEntry({ service: `service ${n}`, traceId: `t${n}` }));
    await Promise.all(named.map((entry) => feed.take(entry)));
    const streams = loki.pushes.flatMap((push) => push.streams);
    expect(new Set(streams.flatMap(({ stream }) => Object.keys(stream)))).toEqual(new Set(['service', 'level']));
    const services = new Set(streams.map(({ stream }) => stream['service']));
    expect([services.size, services.has('other')]).toEqual([51, true]);
    expect(loki.messages()).toHaveLength(80);
  });

  it('is a batch of what came together, one stream for each service and level', async () => {
    const mixed = entries(90).map((entry, n) => ({ ...entry, service: n % 2 ? 'a' : 'b' }));
    await Promise.all(mixed.map((entry) => feed.take(entry)));
    expect(loki.pushes).toHaveLength(1);
    expect(loki.pushes[0]?.streams.map(({ values }) => values.length)).toEqual([45, 45]);
  });

  it.each<[Partial<LokiOptions>, Record<string, string>]>([
    [{ token: 't' }, { authorization: 'Bearer t' }],
    [{ user: 'u', password: 'p' }, { authorization: 'Basic dTpw' }],
    [{ tenant: 'shop' }, { 'x-scope-orgid': 'shop' }],
  ])('says who we are: %j', async (options, headers) => {
    const other = aFeed(options);
    await other.take(aKeptEntry());
    expect(loki.pushes[0]?.headers).toMatchObject(headers);
    await other.stop();
  });

  it.each(['', '/', '/loki/api/v1/push'])('finds its way from an address that ends with %j', async (end) => {
    const other = aFeed({ url: `${loki.url}${end}` });
    await other.take(aKeptEntry());
    expect(loki.pushes[0]?.path).toBe('/loki/api/v1/push');
    await other.stop();
  });
});

it('a push is of about 1 MB of lines at most, however long entries are', async () => {
  const long = entries(90).map((entry) => ({ ...entry, fields: { text: 'ế'.repeat(13_000) } }));
  await Promise.all(long.map((entry) => feed.take(entry)));
  expect(loki.messages()).toEqual(long.map(({ message }) => message));
  const bytes = loki.pushes.map(({ streams }) => Buffer.byteLength(JSON.stringify(streams)));
  expect(bytes).toHaveLength(4);
  expect(Math.max(...bytes)).toBeLessThan(1_100_000);
});

describe('an answer', () => {
  it('of 400 refuses a batch for good, and the next is pushed', async () => {
    loki.answers = [{ status: 400, body: 'entry too far behind' }];
    await expect(feed.take(aKeptEntry())).rejects.toThrow('Loki answered 400: entry too far behind');
    await feed.take(aKeptEntry({ message: 'the next' }));
    expect(loki.messages()).toEqual(['order placed', 'the next']);
    expect(feed.counts).toEqual({ written: 1, refused: 1, returned: 0, dropped: 0 });
  });

  it('of 400 for some entries costs only those', async () => {
    const bad = (streams: Push['streams']) => streams.some(({ values }) => values.some(([, line]) => /bad/.test(line)));
    loki.judge = (_bytes, streams) => (bad(streams) ? { status: 400, body: 'too old' } : { status: 204 });
    const all = entries(50).map((entry, n) => (n % 20 === 7 ? { ...entry, message: `bad ${n}` } : entry));
    const outcomes = await Promise.allSettled(all.map((entry) => feed.take(entry)));
    expect(outcomes.flatMap(({ status }, n) => (status === 'rejected' ? [n] : []))).toEqual([7, 27, 47]);
    expect(feed.counts).toMatchObject({ written: 47, refused: 3 });
  });

  it('of 503 amid a search for those is tried again, and what was kept is not pushed twice', async () => {
    loki.answers = [{ status: 400 }, { status: 204 }, { status: 503 }];
    await Promise.all(entries(10).map((entry) => feed.take(entry)));
    expect(loki.pushes.map((push) => loki.messages([push]).length)).toEqual([10, 5, 5, 5]);
  });

  it.each([401, 403, 404])('of %d is about all of them', async (status) => {
    loki.answers = [{ status }];
    await Promise.allSettled(entries(10).map((entry) => feed.take(entry)));
    expect([loki.pushes.length, feed.counts.refused]).toEqual([1, 10]);
  });

  it.each([500, 502, 503])('of %d is tried again, until it is taken', async (status) => {
    loki.answers = [{ status }, { status }];
    await feed.take(aKeptEntry());
    await eventually(() => expect(feed.counts.written).toBe(1));
    expect(loki.pushes).toHaveLength(3);
    expect(new Set(loki.messages())).toEqual(new Set(['order placed']));
  });

  it.each([
    ['seconds', () => '1'],
    ['a date', () => new Date(Date.now() + 2_000).toUTCString()],
  ])('of 429 is tried again when its Retry-After says, in %s', async (_what, header) => {
    loki.answers = [{ status: 429, headers: { 'retry-after': header() } }];
    const since = performance.now();
    await feed.take(aKeptEntry());
    await eventually(() => expect(feed.counts.written).toBe(1));
    expect(performance.now() - since).toBeGreaterThan(900);
    expect(loki.pushes).toHaveLength(2);
  });

  it('of 429 without one is tried again, later each time', async () => {
    loki.answers = [{ status: 429 }, { status: 429 }, { status: 429 }];
    await feed.take(aKeptEntry());
    await eventually(() => expect(feed.counts.written).toBe(1), { timeoutMs: 10_000 });
    expect(loki.pushes).toHaveLength(4);
  });
});

it('an outage is bridged as far as memory goes, the oldest dropped and counted', async () => {
  await feed.take(aKeptEntry({ message: 'before' }));
  await loki.stop();
  const all = entries(400);
  const bring = (some: typeof all) => some.forEach((entry) => void feed.take(entry).catch(() => undefined));
  bring(all.slice(0, 100));
  // Only once it is under way.
  await eventually(() => expect(feed.isInTrouble).toBe(true));
  bring(all.slice(100));
  expect(feed.counts.dropped).toBe(100);
  await loki.start();
  await eventually(() => expect(feed.backlog).toBe(0), { timeoutMs: 20_000 });
  const bridged = [...all.slice(0, 100), ...all.slice(200)].map(({ message }) => message);
  expect(loki.messages()).toEqual(['before', ...bridged]);
  expect(feed.counts).toEqual({ written: 301, refused: 0, returned: 0, dropped: 100 });
});
