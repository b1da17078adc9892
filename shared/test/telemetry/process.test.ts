import { Metrics } from '../../src/telemetry/metrics.js';
import { measureProcess } from '../../src/telemetry/process-metrics.js';
import { ProcessReadings } from '../../src/telemetry/process-readings.js';

it('shows the same process to every service in it, watched once', async () => {
  const services = [new Metrics('a'), new Metrics('b')];
  for (const metrics of services) measureProcess(metrics);
  expect(ProcessReadings.ofThisProcess()).toBe(ProcessReadings.ofThisProcess());
  await new Promise((resolve) => setTimeout(resolve, 30));
  const until = performance.now() + 60;
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 30));
  const [a, b] = await Promise.all(services.map(async (metrics) => (await metrics.exposition()).text));
  const lag = (text = '') => Number(/^nodejs_eventloop_lag_seconds\{percentile="100",.*\} (\S+)$/m.exec(text)?.[1]);
  expect(lag(a)).toBeGreaterThan(0.03);
  expect(lag(b)).toBe(lag(a));
  for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_active_resources'])
    expect(a).toMatch(new RegExp(`^${name}\\{.*service="a".*\\} [0-9.e+]+$`, 'm'));
});
