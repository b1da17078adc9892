import type { NamedMigration } from '@shop/shared/persistence/database';
import { CreateOrders } from './m0001-orders.js';

/** Every migration, oldest first. */
export const migrations: readonly NamedMigration[] = [{ name: '0001_orders', class: CreateOrders }];
