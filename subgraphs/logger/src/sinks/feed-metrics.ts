import type { Metrics } from '@shop/shared/telemetry/metrics';
import type { SinkFeed } from './sink-feed.js';

/** Shows what each sink has taken, and what it lost. */
export function measureFeeds(metrics: Metrics, feeds: readonly SinkFeed[]): void {
  metrics.counter(
    {
      name: 'log_sink_entries_total',
      help: 'Log entries that a sink has written or refused, or did not keep: returned to whoever brought them, or dropped',
      labels: ['sink', 'outcome'],
    },
    (counter) => {
      for (const { name: sink, counts } of feeds)
        for (const [outcome, count] of Object.entries(counts)) counter.inc({ sink, outcome }, count);
    },
  );
  metrics.gauge({ name: 'log_sink_backlog', help: 'Log entries that wait for a sink', labels: ['sink'] }, (gauge) => {
    for (const { name: sink, backlog } of feeds) gauge.set({ sink }, backlog);
  });
}
