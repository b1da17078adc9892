import type { Metrics } from '../telemetry/metrics.js';

/** How subscriptions reach a client. */
export type Transport = 'websocket' | 'sse' | 'multipart';

/**
 * Shows how many subscriptions are open, as `count` says of each transport. Returns what to call at each event that is
 * pushed.
 */
export function measureSubscriptions(
  metrics: Metrics,
  transports: readonly Transport[],
  count: (transport: Transport) => number,
): (transport: Transport) => void {
  const labels = ['transport'] as const;
  metrics.gauge({ name: 'graphql_subscriptions', help: 'Subscriptions that are open now', labels }, (gauge) => {
    for (const transport of transports) gauge.set({ transport }, count(transport));
  });
  const events = metrics.counter({
    ...{ name: 'graphql_subscription_events_total', labels },
    help: 'Events that were pushed to subscribers',
  });
  for (const transport of transports) events.inc({ transport }, 0);
  return (transport) => events.inc({ transport });
}
