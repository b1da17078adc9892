import { Database } from '@shop/shared/persistence/database';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { CreateCarts } from './migrations/0001-carts.js';
import { IndexDelivery } from './migrations/0002-delivery-indexes.js';
import { QuietOutbox } from './migrations/0003-quiet-outbox.js';
import { ProductSnapshotRecord } from './product-snapshot.record.js';

/** The cart service's own database, not started yet. */
export function openDatabase(
  config: { readonly DATABASE_URL: string; readonly DATABASE_POOL: number },
  telemetry?: Telemetry,
): Database {
  return new Database({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL,
    telemetry,
    entities: [ProductSnapshotRecord],
    migrations: [
      { name: '0001-carts', class: CreateCarts },
      { name: '0002-delivery-indexes', class: IndexDelivery },
      { name: '0003-quiet-outbox', class: QuietOutbox },
    ],
  });
}
