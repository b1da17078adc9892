import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type Context,
  context,
  type Span,
  type SpanOptions,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import type * as Otlp from '@opentelemetry/exporter-trace-otlp-http';
import type * as Resources from '@opentelemetry/resources';
import type * as Sdk from '@opentelemetry/sdk-trace-base';
import { passingTracer } from './passing-tracer.js';
import { redactText } from '../logging/redact-text.js';

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

/** A stop waits no longer for a receiver that does not answer. */
const STOP_LIMIT_MS = 2_000;
const EXPORT_TIMEOUT_MS = 3_000;

/** One service's own tracer: several services may share a process, so nothing here is global. */
export class Tracing {
  readonly tracer: Pick<Tracer, 'startSpan'>;
  private readonly provider: Sdk.BasicTracerProvider | undefined;

  constructor({ service, endpoint, ratio }: TracingOptions) {
    this.provider = endpoint ? exportingProvider(service, endpoint, ratio) : undefined;
    this.tracer = this.provider?.getTracer('shop') ?? passingTracer;
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
    const handedOver = this.provider?.shutdown().catch(() => undefined);
    await Promise.race([handedOver, pause(STOP_LIMIT_MS, undefined, { ref: false })]);
  }
}

/** Whether the work that goes on is being recorded: what costs something only for a recording asks first. */
export function isRecording(): boolean {
  return trace.getActiveSpan()?.isRecording() ?? false;
}

/** Marks a span as failed. Nothing of a secret that an error's text may hold leaves with it. */
export function failSpan(span: Span, error: unknown): void {
  if (!span.isRecording()) return;
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const shown = redactText(message);
  span.recordException({ name, message: shown, ...(stack !== undefined && { stack: redactText(stack) }) });
  span.setStatus({ code: SpanStatusCode.ERROR, message: shown });
  span.setAttribute('error.type', name);
}

/** Records in batches, which are sent beside the work and dropped when nobody takes them. */
function exportingProvider(service: string, endpoint: string, ratio: number): Sdk.BasicTracerProvider {
  // Loaded only where it is wanted: a start is quicker without.
  const load = createRequire(import.meta.url);
  const { OTLPTraceExporter } = load('@opentelemetry/exporter-trace-otlp-http') as typeof Otlp;
  const { resourceFromAttributes } = load('@opentelemetry/resources') as typeof Resources;
  const sdk = load('@opentelemetry/sdk-trace-base') as typeof Sdk;
  // OpenTelemetry's exporter specification: the base endpoint, and the signal's path behind it.
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS });
  return new sdk.BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.namespace': 'shop' }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [new sdk.BatchSpanProcessor(exporter)],
  });
}
