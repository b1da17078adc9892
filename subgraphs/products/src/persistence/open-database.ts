import { Database } from '@shop/shared/persistence/database';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { Catalogue } from './migrations/0001-catalogue.js';
import { IndexDelivery } from './migrations/0002-delivery-indexes.js';
import { QuietOutbox } from './migrations/0003-quiet-outbox.js';
import { ProductRecord } from './product.record.js';
import { ReservationRecord } from './reservation.record.js';

/** The products service's own database, not started yet. */
export function openDatabase(
  config: { readonly DATABASE_URL: string; readonly DATABASE_POOL: number },
  telemetry?: Telemetry,
): Database {
  return new Database({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL,
    telemetry,
    entities: [ProductRecord, ReservationRecord],
    migrations: [
      { name: '0001-catalogue', class: Catalogue },
      { name: '0002-delivery-indexes', class: IndexDelivery },
      { name: '0003-quiet-outbox', class: QuietOutbox },
    ],
  });
}
