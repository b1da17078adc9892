import type { Pool } from 'pg';
import type { Metrics } from '../telemetry/metrics.js';

/** Shows how much of a pool of connections is in use, and who waits for one. */
export function measurePool(metrics: Metrics, pool: Pool, size: number): void {
  metrics.gauge(
    { name: 'database_connections', help: 'Connections of the pool, by state', labels: ['state'] },
    (gauge) => {
      gauge.set({ state: 'idle' }, pool.idleCount);
      gauge.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
    },
  );
  metrics.gauge({ name: 'database_connections_limit', help: 'Connections that the pool may have' }, (gauge) =>
    gauge.set(size),
  );
  metrics.gauge({ name: 'database_connection_waiters', help: 'Who waits for a connection of the pool' }, (gauge) =>
    gauge.set(pool.waitingCount),
  );
}
