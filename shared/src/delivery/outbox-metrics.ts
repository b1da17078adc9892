import type { Counter } from 'prom-client';
import type { OutboxConnection } from './outbox-connection.js';
import type { Destination } from './outbox.js';
import { frugal } from '../telemetry/frugal.js';
import type { Metrics } from '../telemetry/metrics.js';

interface Backlog {
  /** Rows that are not published. */
  readonly depth: number;
  /** Seconds that the oldest of them has waited; 0 when there is none. */
  readonly lag: number;
}

const BACKLOG = `
  select count(*)::int as depth, coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8 as lag
  from outbox where destination = $1 and published_at is null`;

/** Shows how far a relay is behind: over its own connection, so that a busy pool does not hide it. */
export function measureOutbox(metrics: Metrics, destination: Destination, connection: OutboxConnection): void {
  const backlog = frugal(async (): Promise<Backlog> => {
    const [row] = await connection.query<Backlog & Record<string, unknown>>(BACKLOG, [destination]);
    return row ?? { depth: 0, lag: 0 };
  });
  const labels = ['destination'] as const;
  metrics.gauge(
    { name: 'outbox_depth', help: 'Rows of the outbox that are not published yet', labels },
    async (gauge) => gauge.set({ destination }, (await backlog()).depth),
  );
  metrics.gauge(
    { name: 'outbox_lag_seconds', help: 'How long the oldest row of the outbox has waited', labels },
    async (gauge) => gauge.set({ destination }, (await backlog()).lag),
  );
}

/** Counts the attempts to hand over a row that the other side, though there, did not take. */
export function countUnroutable(metrics: Metrics, destination: Destination): Counter<'destination'> {
  const counter = metrics.counter({
    name: 'outbox_unroutable_total',
    help: 'Attempts to publish a row of the outbox that nothing takes',
    labels: ['destination'],
  });
  // From zero, as alerts can't see a first increase from nothing.
  counter.inc({ destination }, 0);
  return counter;
}
