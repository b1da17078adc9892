import { createRequire } from 'node:module';
import type * as Otlp from '@opentelemetry/exporter-trace-otlp-http';
import {
  type Context,
  context,
  type Span,
  type SpanOptions,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';

interface TracingOptions {
  readonly service: string;
  /** An OTLP/HTTP receiver; without one nothing is recorded, but ids are still passed on and logged. */
  readonly endpoint?: string | undefined;
  /** The share of the traces begun here that is recorded, 0 to 1. */
  readonly ratio: number;
}

interface InSpanOptions extends SpanOptions {
  /** The active context unless told. */
  readonly parent?: Context;
}

/** One service's own tracer: several services may share a process, so nothing here is global. */
export class Tracing {
  readonly tracer: Tracer;
  private readonly provider: BasicTracerProvider;

  constructor({ service, endpoint, ratio }: TracingOptions) {
    this.provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': service, 'service.namespace': 'shop' }),
      sampler: endpoint
        ? new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) })
        : new AlwaysOffSampler(),
      spanProcessors: endpoint ? [new BatchSpanProcessor(otlpExporter(endpoint))] : [],
    });
    this.tracer = this.provider.getTracer('shop');
  }

  /** Runs work inside a span of its own, which ends with it; what the work throws is recorded and thrown on. */
  async inSpan<Result>(
    name: string,
    { parent = context.active(), ...options }: InSpanOptions,
    work: (span: Span) => Promise<Result> | Result,
  ): Promise<Result> {
    const span = this.tracer.startSpan(name, options, parent);
    try {
      return await context.with(trace.setSpan(parent, span), () => work(span));
    } catch (error) {
      failSpan(span, error);
      throw error;
    } finally {
      span.end();
    }
  }

  /** Hands over what is not exported yet; a receiver that is away costs a moment, never an error. */
  async stop(): Promise<void> {
    await this.provider.shutdown().catch(() => undefined);
  }
}

/** Whether the work that goes on is being recorded: what costs something only for a recording asks first. */
export function isRecording(): boolean {
  return trace.getActiveSpan()?.isRecording() ?? false;
}

/** Marks a span as failed. */
export function failSpan(span: Span, error: unknown): void {
  const exception = error instanceof Error ? error : new Error(String(error));
  span.recordException(exception);
  span.setStatus({ code: SpanStatusCode.ERROR, message: exception.message });
}

/** OpenTelemetry's exporter specification: the base endpoint, and the signal's path behind it. */
function otlpExporter(endpoint: string) {
  // Loaded only where it is wanted: a start is quicker without.
  const load = createRequire(import.meta.url);
  const { OTLPTraceExporter } = load('@opentelemetry/exporter-trace-otlp-http') as typeof Otlp;
  return new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
}
