import type { VersionedCache } from '@shop/shared/backing/ports';
import { OutboxRelay } from '@shop/shared/delivery/outbox-relay';
import type { Logger } from '@shop/shared/logging/logger';
import type { Database } from '@shop/shared/persistence/database';
import { cacheRefresh } from './cached-product.js';
import { CACHE_TTL_S } from './product-reader.js';

interface CacheRelayOptions {
  readonly cache: VersionedCache;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly logger: Logger;
}

/**
 * Repeats every refresh of the cache from the outbox: a crash right after the commit, or a cache that was away, leaves no
 * stale entry behind. Versions make it harmless that most of them came in time.
 */
export function relayToCache({ cache, ...options }: CacheRelayOptions): OutboxRelay {
  return new OutboxRelay({
    ...options,
    destination: 'redis',
    publish: async (row) => {
      const { key, version, value } = cacheRefresh.parse(row.body);
      await cache.setMany([{ key, entry: { version, value } }], CACHE_TTL_S);
    },
  });
}
