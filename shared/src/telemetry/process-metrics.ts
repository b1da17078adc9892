import { performance } from 'node:perf_hooks';
import type { Metrics } from './metrics.js';
import { ProcessReadings } from './process-readings.js';

/** What a service's process uses, and how late it is. Services that share a process all show the same. */
export function measureProcess(metrics: Metrics, readings = ProcessReadings.ofThisProcess()): void {
  metrics.gauge({ name: 'process_start_time_seconds', help: 'When the process started, since the epoch' }, (gauge) =>
    gauge.set(performance.timeOrigin / 1_000),
  );
  metrics.counter(
    { name: 'process_cpu_seconds_total', help: 'CPU time that the process has used', labels: ['mode'] },
    (counter) => {
      const { user, system } = process.cpuUsage();
      counter.inc({ mode: 'user' }, user / 1e6);
      counter.inc({ mode: 'system' }, system / 1e6);
    },
  );
  metrics.gauge({ name: 'process_resident_memory_bytes', help: 'Memory of the process that is in RAM' }, (gauge) =>
    gauge.set(process.memoryUsage.rss()),
  );
  metrics.gauge(
    { name: 'nodejs_memory_bytes', help: 'Memory of the JavaScript engine, by kind', labels: ['kind'] },
    (gauge) => {
      const { heapUsed, heapTotal, external } = process.memoryUsage();
      gauge.set({ kind: 'heap_used' }, heapUsed);
      gauge.set({ kind: 'heap_total' }, heapTotal);
      gauge.set({ kind: 'external' }, external);
    },
  );
  metrics.gauge(
    {
      name: 'nodejs_eventloop_lag_seconds',
      help: 'How late timers were since the last scrape',
      labels: ['percentile'],
    },
    (gauge) => {
      const { p50, p99, max } = readings.loopLag();
      gauge.set({ percentile: '50' }, p50);
      gauge.set({ percentile: '99' }, p99);
      gauge.set({ percentile: '100' }, max);
    },
  );
  metrics.counter(
    { name: 'nodejs_eventloop_busy_seconds_total', help: 'Time that the event loop has not been waiting' },
    (counter) => void counter.inc(performance.eventLoopUtilization().active / 1_000),
  );
  metrics.counter(
    { name: 'nodejs_gc_seconds_total', help: 'Time spent on garbage collection', labels: ['kind'] },
    (counter) => {
      for (const [kind, { seconds }] of readings.collections) counter.inc({ kind }, seconds);
    },
  );
  metrics.counter({ name: 'nodejs_gc_runs_total', help: 'Garbage collections', labels: ['kind'] }, (counter) => {
    for (const [kind, { runs }] of readings.collections) counter.inc({ kind }, runs);
  });
  metrics.gauge(
    { name: 'nodejs_active_resources', help: 'What keeps the process at work, by kind', labels: ['type'] },
    (gauge) => {
      for (const [type, count] of readings.activeResources()) gauge.set({ type }, count);
    },
  );
}
