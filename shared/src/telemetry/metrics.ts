import { Counter, Gauge, Histogram, Registry } from 'prom-client';

interface Described<Label extends string> {
  /** Prometheus' naming rules: base units, `_total` for counters. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly Label[];
}

/** One service's own metrics: several services may share a process, so there is no registry but this one. */
export class Metrics {
  private readonly registry = new Registry();

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
  }

  counter<Label extends string = never>({ name, help, labels = [] }: Described<Label>): Counter<Label> {
    return this.known<Counter<Label>>(name) ?? new Counter({ ...this.own, name, help, labelNames: labels });
  }

  /** Buckets in seconds. */
  histogram<Label extends string = never>(
    { name, help, labels = [] }: Described<Label>,
    buckets: readonly number[] = DURATIONS,
  ): Histogram<Label> {
    const described = { ...this.own, name, help, labelNames: labels, buckets: [...buckets] };
    return this.known<Histogram<Label>>(name) ?? new Histogram(described);
  }

  /** `collect` is asked at each scrape; it sets the gauge, and should not take long. */
  gauge<Label extends string = never>(
    { name, help, labels = [] }: Described<Label>,
    collect?: (gauge: Gauge<Label>) => Promise<void> | void,
  ): Gauge<Label> {
    const known = this.known<Gauge<Label>>(name);
    if (known) return known;
    return new Gauge({
      ...this.own,
      name,
      help,
      labelNames: labels,
      ...(collect && {
        async collect(this: Gauge<Label>) {
          await collect(this);
        },
      }),
    });
  }

  /** Everything, in Prometheus' text format, and that format's content type. */
  async exposition(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.registry.contentType, text: await this.registry.metrics() };
  }

  private get own() {
    return { registers: [this.registry] };
  }

  private known<Metric>(name: string): Metric | undefined {
    return this.registry.getSingleMetric(name) as Metric | undefined;
  }
}

/** Seconds: from a cache hit to a request that is about to time out. */
const DURATIONS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;
