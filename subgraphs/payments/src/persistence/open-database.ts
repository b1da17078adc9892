import { Database } from '@shop/shared/persistence/database';
import { CreatePayments } from './migrations/0001-payments.js';
import { PaymentRecord } from './payment.record.js';

/** The payments service's own database, not started yet. */
export function openDatabase(config: { readonly DATABASE_URL: string; readonly DATABASE_POOL: number }): Database {
  return new Database({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL,
    entities: [PaymentRecord],
    migrations: [{ name: '0001-payments', class: CreatePayments }],
  });
}
