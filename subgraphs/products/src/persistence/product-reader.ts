import type { VersionedCache } from '@shop/shared/backing/ports';
import type { Counter } from '@shop/shared/telemetry/metrics';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { CACHE_TTL_S, cacheKey, fromEntry, toEntry } from './cached-product.js';
import { refreshProducts } from './page-cache.js';
import type { ProductStore } from './product.store.js';
import type { Product } from '../domain/product.js';

/** A product that was looked up; null when there is none, or it was deleted. */
export interface Lookup {
  readonly product: Product | null;
  /** Whether the cache knew. */
  readonly hit: boolean;
}

/**
 * Reads products through the cache, and goes on without it. In this process one load at a time asks the database for a
 * product; loads of other processes do no harm, as the cache never replaces a version by an older one.
 */
export class ProductReader {
  private readonly loading = new Map<number, Promise<Product | null>>();
  private readonly lookups: Counter<'outcome'>;

  constructor(
    private readonly store: ProductStore,
    private readonly cache: Pick<VersionedCache, 'getMany' | 'setMany' | 'renew'>,
    private readonly telemetry: Pick<Telemetry, 'logger' | 'metrics'>,
  ) {
    this.lookups = telemetry.metrics.counter({
      name: 'cache_lookups_total',
      help: 'Products that were looked up in the cache: hit, or miss (also while it is away)',
      labels: ['outcome'],
    });
    for (const outcome of ['hit', 'miss']) this.lookups.inc({ outcome }, 0);
  }

  /** The products of these ids, in their order. */
  async byIds(ids: readonly number[]): Promise<Lookup[]> {
    const known = await this.fromCache(ids);
    const missed = ids.filter((_, index) => known[index] === undefined);
    this.lookups.inc({ outcome: 'hit' }, ids.length - missed.length);
    this.lookups.inc({ outcome: 'miss' }, missed.length);
    const loads = this.load(missed);
    return Promise.all(
      ids.map(async (id, index) => {
        const product = known[index];
        if (product !== undefined) return { product, hit: true };
        return { product: (await loads.get(id)) ?? null, hit: false };
      }),
    );
  }

  /**
   * Puts committed products into the cache, in which no page is of before then. Never fails: the outbox repeats it for as
   * long as the cache is away.
   */
  async refresh(products: readonly Product[]): Promise<void> {
    // A load that began before the commit may have read the version of before.
    for (const { id } of products) this.loading.delete(id);
    if (products.length === 0) return;
    await this.unlessAway(refreshProducts(this.cache, products.map(toCached)));
  }

  private async fromCache(ids: readonly number[]): Promise<(Product | null | undefined)[]> {
    try {
      const entries = await this.cache.getMany(ids.map(cacheKey));
      return entries.map((entry) => entry && fromEntry(entry));
    } catch (error) {
      this.telemetry.logger.debug({ err: error }, 'the cache is away: reading the database');
      return ids.map(() => undefined);
    }
  }

  private load(ids: readonly number[]): Map<number, Promise<Product | null>> {
    const fresh = [...new Set(ids)].filter((id) => !this.loading.has(id));
    if (fresh.length > 0) {
      const batch = this.fromDatabase(fresh);
      for (const id of fresh) this.loadOne(id, batch);
    }
    return new Map(ids.map((id) => [id, this.loading.get(id) ?? Promise.resolve(null)]));
  }

  private loadOne(id: number, batch: Promise<ReadonlyMap<number, Product>>): void {
    const load: Promise<Product | null> = batch
      .then((products) => {
        const product = products.get(id);
        return product && !product.deleted ? product : null;
      })
      .finally(() => {
        if (this.loading.get(id) === load) this.loading.delete(id);
      });
    this.loading.set(id, load);
  }

  private async fromDatabase(ids: readonly number[]): Promise<ReadonlyMap<number, Product>> {
    const products = await this.store.byIds(ids);
    if (products.length > 0) await this.unlessAway(this.cache.setMany(products.map(toCached), CACHE_TTL_S));
    return new Map(products.map((product) => [product.id, product]));
  }

  private async unlessAway(writing: Promise<unknown>): Promise<void> {
    await writing.catch((error: unknown) => {
      this.telemetry.logger.debug({ err: error }, 'the cache is away: not refreshed now');
    });
  }
}

const toCached = (product: Product) => ({ key: cacheKey(product.id), entry: toEntry(product) });
