import type { Database } from '@shop/shared/persistence/database';
import type { OrderStatus } from '../domain/order.js';

/** How many orders there are. Each takes its time with the number of orders that it counts. */
export class OrderCounts {
  constructor(private readonly database: Database) {}

  /** Reads the index by status alone. */
  async byStatus(): Promise<ReadonlyMap<OrderStatus, number>> {
    const rows = await this.database
      .fork()
      .execute<{ status: OrderStatus; count: string }[]>('select status, count(*) from orders group by status');
    return new Map(rows.map(({ status, count }) => [status, Number(count)]));
  }

  /** How long the oldest Pending order has waited; 0 when there is none. */
  async oldestPendingSeconds(): Promise<number> {
    const [row] = await this.database.fork().execute<{ seconds: number }[]>(
      `select coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8 as seconds
         from orders where status = 'Pending'`,
    );
    return row?.seconds ?? 0;
  }
}
