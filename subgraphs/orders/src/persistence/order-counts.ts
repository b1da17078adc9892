import type { Database } from '@shop/shared/persistence/database';
import { rowsOf } from '@shop/shared/persistence/statements';
import type { OrderStatus } from '../domain/order.js';

/** What waits. */
interface Pending {
  readonly count: number;
  /** How long the oldest has waited; 0 when there is none. */
  readonly oldestSeconds: number;
}

/** How many orders there are. Each takes its time with the number of orders that it counts. */
export class OrderCounts {
  constructor(private readonly database: Database) {}

  /** By status; reads all of them. */
  async notPending(): Promise<ReadonlyMap<OrderStatus, number>> {
    const rows = await rowsOf<{ status: OrderStatus; count: string }>(
      this.database,
      `select status, count(*) from orders where status <> 'Pending' group by status`,
    );
    return new Map(rows.map(({ status, count }) => [status, Number(count)]));
  }

  async pending(): Promise<Pending> {
    const [row] = await rowsOf<Pending>(
      this.database,
      `select count(*)::int as count,
           coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8 as "oldestSeconds"
         from orders where status = 'Pending'`,
    );
    return row ?? { count: 0, oldestSeconds: 0 };
  }
}
