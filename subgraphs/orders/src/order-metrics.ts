import { frugal } from '@shop/shared/telemetry/frugal';
import type { Metrics } from '@shop/shared/telemetry/metrics';
import { type Order, orderStatuses } from './domain/order.js';
import type { OrderCounts } from './persistence/order-counts.js';

/** Is told what happened to orders, once it is committed. */
export interface OrderProgress {
  placed(): void;
  moved(before: Order, after: Order): void;
}

/** Counting a million orders takes some 200 ms: that is done every other minute then. */
const ALL_ORDERS_SHARE = 0.002;
const settled = orderStatuses.filter((status) => status !== 'Pending');

/** Seconds: from an order that is paid at once to one whose time ran out. */
const SAGA_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/**
 * Shows how orders get on. What happens in this process is counted; how many orders there are is asked of the database,
 * rarely enough that a large shop does not notice.
 */
export function measureOrders(metrics: Metrics, counts: OrderCounts, timeoutSeconds: number): OrderProgress {
  const moves = metrics.counter({
    name: 'order_transitions_total',
    help: 'Orders that came to a status; Pending is where all begin',
    labels: ['status'],
  });
  for (const status of orderStatuses) moves.inc({ status }, 0);
  const sagas = metrics.histogram(
    {
      name: 'order_saga_duration_seconds',
      help: 'From placed to paid, or to cancelled, with the reason as the outcome',
      labels: ['outcome'],
    },
    SAGA_BUCKETS,
  );
  const byStatus = { name: 'orders', help: 'Orders there are, by status', labels: ['status'] as const };
  const pending = frugal(() => counts.pending());
  metrics.gauge(byStatus, async (gauge) => gauge.set({ status: 'Pending' }, (await pending()).count));
  const notPending = frugal(() => counts.notPending(), { share: ALL_ORDERS_SHARE });
  metrics.gauge(byStatus, async (gauge) => {
    const known = await notPending();
    for (const status of settled) gauge.set({ status }, known.get(status) ?? 0);
  });
  metrics.gauge(
    { name: 'order_oldest_pending_seconds', help: 'How long the oldest Pending order has waited; 0 without one' },
    async (gauge) => gauge.set((await pending()).oldestSeconds),
  );
  metrics.gauge(
    { name: 'order_timeout_seconds', help: 'How long an order may be Pending before it is cancelled' },
    (gauge) => gauge.set(timeoutSeconds),
  );
  return {
    placed: () => moves.inc({ status: 'Pending' }),
    moved: (before, after) => {
      if (before.status === after.status) return;
      moves.inc({ status: after.status });
      if (before.status !== 'Pending') return;
      const outcome = after.status === 'Cancelled' ? after.reason.toLowerCase() : after.status.toLowerCase();
      sagas.observe({ outcome }, (after.updatedAt.getTime() - before.updatedAt.getTime()) / 1_000);
    },
  };
}
