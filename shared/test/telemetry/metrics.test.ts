import { frugal } from '../../src/telemetry/frugal.js';
import { Metrics } from '../../src/telemetry/metrics.js';

const shown = async (metrics: Metrics) =>
  (await metrics.exposition()).text.split('\n').filter((line) => line && !line.startsWith('#'));
const gauge = { name: 'depth', help: 'Of the sea' };

describe("a service's metrics", () => {
  let metrics: Metrics;
  beforeEach(() => (metrics = new Metrics('sea')));

  it('are read at each scrape', async () => {
    let depth = 3;
    metrics.gauge(gauge, (read) => read.set(depth));
    metrics.counter({ name: 'waves_total', help: 'Waves' }, (counter) => void counter.inc(depth));
    expect(await shown(metrics)).toEqual(['depth{service="sea"} 3', 'waves_total{service="sea"} 3']);
    depth = 4;
    expect(await shown(metrics)).toEqual(['depth{service="sea"} 4', 'waves_total{service="sea"} 4']);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('away'))],
    ['never ends', () => new Promise<void>(() => undefined)],
  ])('leave out, without what was read before, a reading that %s, and nothing else', async (_name, fault) => {
    let away = false;
    metrics.gauge(gauge, (read) => (away ? fault() : read.set(1)));
    metrics.gauge({ ...gauge, name: 'height', labels: ['of'] }, (read) => (away ? fault() : read.set({ of: 'a' }, 1)));
    metrics.gauge({ ...gauge, name: 'width' }, (read) => read.set(2));
    expect(await shown(metrics)).toHaveLength(3);
    away = true;
    expect(await shown(metrics)).toEqual(['width{service="sea"} 2']);
  });

  it('do not read anew what is still being read', async () => {
    let reads = 0;
    metrics.gauge(gauge, () => {
      reads += 1;
      return new Promise(() => undefined);
    });
    await metrics.exposition();
    await metrics.exposition();
    expect(reads).toBe(1);
  });

  it('may be read by several, one of which fails', async () => {
    const described = { ...gauge, labels: ['of'] as const };
    metrics.gauge(described, (read) => read.set({ of: 'a' }, 1));
    metrics.gauge(described, () => Promise.reject(new Error('away')));
    metrics.gauge(described, async (read) => read.set({ of: 'c' }, 3));
    expect(await shown(metrics)).toEqual(['depth{of="a",service="sea"} 1', 'depth{of="c",service="sea"} 3']);
  });

  it('are whole for each of two scrapes at a time', async () => {
    metrics.gauge(gauge, async (read) => {
      await new Promise((resolve) => setImmediate(resolve));
      read.set(1);
    });
    const scrapes = await Promise.all([shown(metrics), shown(metrics)]);
    expect(scrapes).toEqual([['depth{service="sea"} 1'], ['depth{service="sea"} 1']]);
  });

  it('belong to one service, though others share the process', async () => {
    const other = new Metrics('lake');
    for (const each of [metrics, other]) each.counter({ name: 'fish_total', help: 'Fish' }).inc();
    other.counter({ name: 'fish_total', help: 'Fish' }).inc();
    expect([await shown(metrics), await shown(other)]).toEqual([
      ['fish_total{service="sea"} 1'],
      ['fish_total{service="lake"} 2'],
    ]);
  });
});

describe('a frugal reading', () => {
  let time = 0;
  let reads = 0;
  beforeEach(() => (time = reads = 0));
  const read = async () => {
    reads += 1;
    time += 50;
    return reads;
  };

  it('is read again after twenty times as long as it took, and not before', async () => {
    const reading = frugal(read, { now: () => time });
    expect(await reading()).toBe(1);
    time = 999;
    expect(await reading()).toBe(1);
    time = 1_000;
    expect(await reading()).toBe(2);
  });

  it('is not read twice at a time, nor sooner because it failed', async () => {
    const reading = frugal(() => read().then(() => Promise.reject(new Error('away'))), { now: () => time });
    await Promise.all([1, 2].map(() => expect(reading()).rejects.toThrow('away')));
    await expect(reading()).rejects.toThrow('away');
    expect(reads).toBe(1);
  });
});
