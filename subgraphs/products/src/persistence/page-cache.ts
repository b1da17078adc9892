import type { VersionedCache } from '@shop/shared/backing/ports';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { TextCache } from '@shop/shared/text/text-cache';
import { CACHE_TTL_S, pageFrom, toPageText } from './cached-product.js';
import type { Product } from '../domain/product.js';

/** Its version is the catalogue's: another one once a change of a product has reached the cache. */
const CATALOGUE = 'products:catalogue';

/** A change by a process that knows of no pages, as one of the release before, is seen after this time. */
const PAGES_TTL_S = 10;

/** In characters. */
const LONGEST_PAGE = 16_384;

/** The number changes with what a page is. */
const pageKey = (name: string): string => `products:page:1:${name}`;

/** In characters, of the pages that this process has read last. */
const MOST_READ = 1_000_000;

type Entries = Parameters<VersionedCache['setMany']>[0];

/** Puts what was committed into a cache, and ends all its pages that were read before. */
export async function refreshProducts(cache: Pick<VersionedCache, 'setMany' | 'renew'>, entries: Entries) {
  await Promise.all([cache.setMany(entries, CACHE_TTL_S), cache.renew(CATALOGUE, PAGES_TTL_S)]);
}

/**
 * Keeps pages of the catalogue in the cache, until a product changes, and goes on without it. A page that is loaded
 * while a product changes is of the version before, and nobody who asks once that change has reached the cache gets it.
 */
export class PageCache {
  private readonly read = new TextCache<Product[]>(MOST_READ);

  constructor(
    private readonly cache: Pick<VersionedCache, 'getMany' | 'setFirst' | 'renew'>,
    private readonly telemetry: Pick<Telemetry, 'logger'>,
  ) {}

  /** The page of this name. What `load` reads is the same for all who read a version of the catalogue. */
  async page(name: string, load: () => Promise<Product[]>): Promise<Product[]> {
    const key = pageKey(name);
    const known = await this.find(key);
    if (!known) return load();
    return known.page ?? this.keep(key, known.version, await load());
  }

  /** The catalogue's version, and the page if it is of that one; null while the cache is away. */
  private async find(key: string): Promise<{ version: number; page?: Product[] | undefined } | null> {
    try {
      const [catalogue, page] = await this.cache.getMany([CATALOGUE, key]);
      if (!catalogue) return { version: await this.cache.renew(CATALOGUE, PAGES_TTL_S) };
      const isCurrent = page?.version === catalogue.version;
      return { version: catalogue.version, page: isCurrent ? this.parsed(page.value) : undefined };
    } catch (error) {
      this.telemetry.logger.debug({ err: error }, 'the cache is away: reading the database');
      return null;
    }
  }

  /** What another process has kept meanwhile is what all get. */
  private async keep(key: string, version: number, page: Product[]): Promise<Product[]> {
    const value = toPageText(page);
    if (value.length > LONGEST_PAGE) return page;
    try {
      const kept = await this.cache.setFirst(key, { version, value }, PAGES_TTL_S);
      return (kept.version === version && this.parsed(kept.value)) || page;
    } catch (error) {
      this.telemetry.logger.debug({ err: error }, 'the cache is away: a page is not kept');
      return page;
    }
  }

  private parsed(text: string | null): Product[] | undefined {
    if (text === null) return undefined;
    const known = this.read.get(text);
    if (known) return known;
    const page = pageFrom(text);
    if (page) this.read.set(text, page);
    return page;
  }
}
