import { ExportResultCode } from '@opentelemetry/core';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';

/**
 * An exporter that can be told to come to an end. The one within keeps the process alive for each batch that it tries
 * again; so what has not begun by then is not begun any more.
 */
export class EndingExporter implements SpanExporter {
  private endsAt = Infinity;
  private readonly underWay = new Set<Promise<void>>();

  constructor(private readonly exporter: SpanExporter) {}

  /** From `ms` on, batches are lost. */
  endIn(ms: number): void {
    this.endsAt = performance.now() + ms;
  }

  /** Resolves when each batch that has begun has been taken, or given up: a provider's shutdown waits for the first fault. */
  async idle(): Promise<void> {
    await Promise.all(this.underWay);
  }

  export(...[spans, done]: Parameters<SpanExporter['export']>): void {
    if (performance.now() >= this.endsAt) return done({ code: ExportResultCode.FAILED });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.underWay.add(promise);
    this.exporter.export(spans, (result) => {
      this.underWay.delete(promise);
      resolve();
      done(result);
    });
  }

  async forceFlush(): Promise<void> {
    await this.exporter.forceFlush?.();
  }

  async shutdown(): Promise<void> {
    await this.exporter.shutdown();
  }
}
