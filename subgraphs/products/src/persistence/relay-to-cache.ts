import type { VersionedCache } from '@shop/shared/backing/ports';
import { OutboxRelay } from '@shop/shared/delivery/outbox-relay';
import type { Transactions } from '@shop/shared/delivery/transactions';
import type { Database } from '@shop/shared/persistence/database';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { rowsOf } from '@shop/shared/persistence/statements';
import { cacheRefresh } from './cached-product.js';
import type { CaughtUpCache } from './caught-up-cache.js';
import { refreshProducts } from './page-cache.js';

interface CacheRelayOptions {
  readonly cache: VersionedCache;
  /** The same cache, as readers see it. */
  readonly caughtUp: CaughtUpCache;
  readonly transactions: Transactions;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly telemetry: Telemetry;
}

/**
 * Repeats every refresh of the cache from the outbox: a crash right after the commit, or a cache that was away, leaves no
 * stale entry behind. Versions make it harmless that most of them came in time. Readers get the cache back when nothing
 * is left here that it missed.
 */
export function relayToCache({ cache, caughtUp, database, ...options }: CacheRelayOptions): OutboxRelay {
  const relay = new OutboxRelay({
    ...options,
    destination: 'redis',
    isOpen: () => cache.connected,
    publish: async (row) => {
      const { key, version, value } = cacheRefresh.parse(row.body);
      await refreshProducts(caughtUp, [{ key, entry: { version, value } }]);
    },
    onIdle: () => caughtUp.catchUp((secondsAgo) => isPublished(database, secondsAgo)),
  });
  cache.onReconnect(() => relay.retryNow());
  return relay;
}

/**
 * Whether the cache has every refresh that was committed until so many seconds ago, whichever process relays it. A row's
 * time is when its transaction began, so it is never later than its commit.
 */
async function isPublished(database: Database, secondsAgo: number): Promise<boolean> {
  const pending = await rowsOf(
    database,
    `select 1 from outbox where destination = 'redis' and published_at is null
     and created_at <= now() - make_interval(secs => ?) limit 1`,
    [secondsAgo],
  );
  return pending.length === 0;
}
