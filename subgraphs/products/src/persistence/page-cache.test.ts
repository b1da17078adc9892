import { MemoryVersionedCache } from '@shop/shared/backing/memory-versioned-cache';
import type { VersionedEntry } from '@shop/shared/backing/ports';
import { silentTelemetry } from '@shop/shared/telemetry/telemetry';
import { PageCache, refreshProducts } from './page-cache.js';
import type { Product } from '../domain/product.js';

const TTL_S = 60;
const product = (stock: number, description: string | null = null): Product => ({
  ...{ id: 1, name: 'Cà phê', description, price: 100, stock, version: stock, deleted: false },
  ...{ createdAt: new Date(1_000), updatedAt: new Date(2_000) },
});

/** A cache whose server is away when a test says so, and which hands over what is set. */
class HandCache extends MemoryVersionedCache {
  away = false;
  seconds = 0;
  readonly kept: { key: string; entry: VersionedEntry }[] = [];

  constructor() {
    super(100, () => this.seconds * 1_000);
  }

  override async getMany(keys: readonly string[]) {
    if (this.away) throw new Error('away');
    return super.getMany(keys);
  }

  override async setFirst(key: string, entry: VersionedEntry, ttlSeconds: number) {
    if (this.away) throw new Error('away');
    this.kept.push({ key, entry });
    return super.setFirst(key, entry, ttlSeconds);
  }
}

describe('the cache of pages', () => {
  let cache: HandCache;
  let one: PageCache;
  let other: PageCache;
  let loads: number;
  beforeEach(() => {
    cache = new HandCache();
    [one, other] = [new PageCache(cache, silentTelemetry()), new PageCache(cache, silentTelemetry())];
    loads = 0;
  });
  const loading =
    (...page: Product[]) =>
    async () => {
      loads += 1;
      return page;
    };

  it('keeps a page, for other processes too, until a product changes', async () => {
    expect(await one.page('first', loading(product(1)))).toEqual([product(1)]);
    expect(await one.page('first', loading())).toEqual([product(1)]);
    expect(await other.page('first', loading())).toEqual([product(1)]);
    expect(loads).toBe(1);
    await refreshProducts(cache, []);
    expect(await other.page('first', loading(product(2)))).toEqual([product(2)]);
    expect(await one.page('first', loading())).toEqual([product(2)]);
    expect(loads).toBe(2);
  });

  it('gives nobody a page that was read before a change, once that has reached it', async () => {
    const slow = Promise.withResolvers<Product[]>();
    const asked = one.page('first', () => slow.promise);
    await new Promise((resolve) => setImmediate(resolve));
    await refreshProducts(cache, []);
    slow.resolve([product(1)]);
    expect(await asked).toEqual([product(1)]);
    expect(await one.page('first', loading(product(2)))).toEqual([product(2)]);
  });

  it('gives all the same page of a version, the one that was kept first', async () => {
    const slow = Promise.withResolvers<Product[]>();
    const asked = one.page('first', () => slow.promise);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await other.page('first', loading(product(2)))).toEqual([product(2)]);
    slow.resolve([product(1)]);
    expect(await asked).toEqual([product(2)]);
    expect(await other.page('first', loading())).toEqual([product(2)]);
  });

  it('shows a change that nobody told the cache of after ten seconds', async () => {
    await one.page('first', loading(product(1)));
    cache.seconds = 9;
    expect(await one.page('first', loading(product(2)))).toEqual([product(1)]);
    cache.seconds = 11;
    expect(await one.page('first', loading(product(2)))).toEqual([product(2)]);
  });

  it('keeps an empty page, and each name for itself', async () => {
    expect(await one.page('empty', loading())).toEqual([]);
    expect(await one.page('empty', loading(product(1)))).toEqual([]);
    expect(await one.page('another', loading(product(1)))).toEqual([product(1)]);
  });

  it('reads the database while the cache is away, before a page is read and after', async () => {
    cache.away = true;
    expect(await one.page('first', loading(product(1)))).toEqual([product(1)]);
    cache.away = false;
    const leaving = one.page('first', async () => {
      cache.away = true;
      return [product(2)];
    });
    expect(await leaving).toEqual([product(2)]);
    cache.away = false;
    expect(await one.page('first', loading(product(3)))).toEqual([product(3)]);
  });

  it('takes for no page what is none, and keeps none that is long', async () => {
    await one.page('first', loading(product(1)));
    const [{ key, entry } = { key: '', entry: { version: 0, value: null } }] = cache.kept;
    for (const value of ['no JSON', '{}', '[{"id":"1"}]', null]) {
      await cache.setMany([{ key, entry: { ...entry, value } }], TTL_S);
      expect(await other.page('first', loading(product(2)))).toEqual([product(2)]);
    }
    cache.kept.length = 0;
    await one.page('long', loading(product(1, 'x'.repeat(20_000))));
    expect(cache.kept).toEqual([]);
  });
});
