import { Database } from '@shop/shared/persistence/database';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { CreateOrders } from './migrations/0001-orders.js';
import { IndexDelivery } from './migrations/0002-delivery-indexes.js';
import { QuietOutbox } from './migrations/0003-quiet-outbox.js';
import { OrderEventRecord, OrderHistoryRecord } from './order-log.record.js';
import { OrderItemRecord, OrderRecord } from './order.record.js';

/** The orders service's own database, not started yet. */
export function openDatabase(
  config: { readonly DATABASE_URL: string; readonly DATABASE_POOL: number },
  telemetry?: Telemetry,
): Database {
  return new Database({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL,
    telemetry,
    entities: [OrderRecord, OrderItemRecord, OrderHistoryRecord, OrderEventRecord],
    migrations: [
      { name: '0001_orders', class: CreateOrders },
      { name: '0002_delivery_indexes', class: IndexDelivery },
      { name: '0003_quiet_outbox', class: QuietOutbox },
    ],
  });
}
