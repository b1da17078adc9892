import { MemoryVersionedCache } from '@shop/shared/backing/memory-versioned-cache';
import { silentTelemetry } from '@shop/shared/telemetry/telemetry';
import { ProductReader } from './product-reader.js';
import type { ProductStore } from './product.store.js';
import type { Product } from '../domain/product.js';

const at = new Date(0);
const product = (id: number, version = 1, deleted = false): Product => ({
  id,
  name: `product ${id}`,
  description: null,
  price: 1,
  stock: version,
  version,
  createdAt: at,
  updatedAt: at,
  deleted,
});

/** A store whose answers a test lets go, one by one. */
class SlowStore {
  readonly asked: { ids: readonly number[]; answer: (products: Product[]) => void }[] = [];

  byIds(ids: readonly number[]): Promise<Product[]> {
    return new Promise((answer) => this.asked.push({ ids, answer }));
  }
}

describe('reading products', () => {
  let store: SlowStore;
  let reader: ProductReader;
  beforeEach(() => {
    store = new SlowStore();
    reader = new ProductReader(store as unknown as ProductStore, new MemoryVersionedCache(), silentTelemetry());
  });
  const asked = () => new Promise((resolve) => setImmediate(resolve));

  it('asks the database once for what many want at once, and not at all for what is cached', async () => {
    const lookups = Promise.all([reader.byIds([1, 2]), reader.byIds([2, 1, 3]), reader.byIds([1])]);
    await asked();
    expect(store.asked.map(({ ids }) => ids)).toEqual([[1, 2], [3]]);
    store.asked[0]?.answer([product(1), product(2)]);
    store.asked[1]?.answer([]);
    const [first, second] = await lookups;
    expect(first?.map((lookup) => [lookup.product?.id, lookup.hit])).toEqual([
      [1, false],
      [2, false],
    ]);
    expect(second?.map((lookup) => lookup.product?.id)).toEqual([2, 1, undefined]);
    expect((await reader.byIds([1]))[0]).toEqual({ product: product(1), hit: true });
    expect(store.asked).toHaveLength(2);
  });

  it('never lets a slow reader put an old version over a new one', async () => {
    const slow = reader.byIds([1]);
    await asked();
    await reader.refresh([product(1, 2)]);
    store.asked[0]?.answer([product(1, 1)]);
    await slow;
    expect((await reader.byIds([1]))[0]?.product?.version).toBe(2);
  });

  it('does not hand a load that began before a commit to who reads after it', async () => {
    const away = {
      getMany: () => Promise.reject(new Error('away')),
      setMany: () => Promise.reject(new Error('away')),
      renew: () => Promise.reject(new Error('away')),
    };
    const without = new ProductReader(store as unknown as ProductStore, away as never, silentTelemetry());
    const before = without.byIds([1]);
    await asked();
    await without.refresh([product(1, 2)]);
    const after = without.byIds([1]);
    await asked();
    store.asked[1]?.answer([product(1, 2)]);
    expect((await after)[0]?.product?.version).toBe(2);
    store.asked[0]?.answer([product(1, 1)]);
    await before;
  });

  it('knows that a deleted product is none', async () => {
    await reader.refresh([product(1, 2, true)]);
    await reader.refresh([product(1, 1)]);
    expect((await reader.byIds([1]))[0]).toEqual({ product: null, hit: true });
  });

  it('tries again after a load that failed', async () => {
    let down = true;
    const unsteady = { byIds: async () => (down ? Promise.reject(new Error('down')) : [product(1)]) };
    const failing = new ProductReader(unsteady as never, new MemoryVersionedCache(), silentTelemetry());
    await expect(failing.byIds([1])).rejects.toThrow('down');
    down = false;
    expect((await failing.byIds([1]))[0]?.product?.id).toBe(1);
  });
});
