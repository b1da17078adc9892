import { Counter, Gauge, Histogram, type MetricConfiguration, Registry } from 'prom-client';
import { Reading } from './reading.js';

export type { Counter, Histogram } from 'prom-client';

interface Described<Label extends string> {
  /** Prometheus' naming rules: base units, `_total` for counters. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly Label[];
}

interface Exposition {
  /** Of Prometheus' text format. */
  readonly contentType: string;
  readonly text: string;
}

/** Reads what a metric is now. What it throws, or is too slow for, is missing from that scrape, and nothing else is. */
type Collect<Metric> = (metric: Metric) => Promise<void> | void;

/** One service's own metrics: several services may share a process, so there is no registry but this one. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly readings: Reading[] = [];
  private exposing: Promise<Exposition> | undefined;

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
  }

  /** With `collect`, the total is kept elsewhere: it is asked at each scrape, and adds what it knows. */
  counter<Label extends string = never>(described: Described<Label>, collect?: Collect<Counter<Label>>) {
    const counter = this.known<Counter<Label>>(described) ?? new Counter(this.configurationOf(described));
    if (collect) this.read(counter, collect);
    return counter;
  }

  /** Buckets in seconds. */
  histogram<Label extends string = never>(described: Described<Label>, buckets: readonly number[] = DURATIONS) {
    const configuration = { ...this.configurationOf(described), buckets: [...buckets] };
    return this.known<Histogram<Label>>(described) ?? new Histogram(configuration);
  }

  /** `collect` is asked at each scrape; it sets the gauge, and should not take long. Several may read one gauge. */
  gauge<Label extends string = never>(described: Described<Label>, collect?: Collect<Gauge<Label>>) {
    const gauge = this.known<Gauge<Label>>(described) ?? new Gauge(this.configurationOf(described));
    if (collect) this.read(gauge, collect);
    return gauge;
  }

  /** Everything, as it is now. Takes no longer than a reading may; who asks meanwhile gets the same. */
  exposition(): Promise<Exposition> {
    this.exposing ??= this.expose().finally(() => (this.exposing = undefined));
    return this.exposing;
  }

  private async expose(): Promise<Exposition> {
    for (const reading of this.readings) reading.clear();
    await Promise.all(this.readings.map((reading) => reading.take()));
    return { contentType: this.registry.contentType, text: await this.registry.metrics() };
  }

  private read<Metric extends Counter<string> | Gauge<string>>(metric: Metric, collect: Collect<Metric>): void {
    this.readings.push(new Reading(metric, () => collect(metric)));
  }

  private configurationOf<Label extends string>({ name, help, labels = [] }: Described<Label>) {
    return { registers: [this.registry], name, help, labelNames: labels } satisfies MetricConfiguration<Label>;
  }

  private known<Metric>({ name }: { readonly name: string }): Metric | undefined {
    return this.registry.getSingleMetric(name) as Metric | undefined;
  }
}

/** Seconds: from a cache hit to a request that is about to time out. */
const DURATIONS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;
