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
import { EndingExporter } from './ending-exporter.js';
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

/** A batch's time, with all that it is tried again. */
const EXPORT_TIMEOUT_MS = 1_500;
/** The last batches begin so soon after a stop: when the last one has had its time, nothing is left behind. */
const LAST_BATCHES_MS = 500;
const STOP_LIMIT_MS = LAST_BATCHES_MS + EXPORT_TIMEOUT_MS + 500;

/** One service's own tracer: several services may share a process, so nothing here is global. */
export class Tracing {
  readonly tracer: Pick<Tracer, 'startSpan'>;
  private readonly provider: Sdk.BasicTracerProvider | undefined;
  private readonly exporter: EndingExporter | undefined;

  constructor({ service, endpoint, ratio }: TracingOptions) {
    this.exporter = endpoint ? new EndingExporter(otlpExporter(endpoint)) : undefined;
    this.provider = this.exporter && providerOf(service, this.exporter, ratio);
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
    this.exporter?.endIn(LAST_BATCHES_MS);
    const handedOver = this.provider
      ?.shutdown()
      .catch(() => undefined)
      .then(() => this.exporter?.idle());
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

// Loaded only where it is wanted: a start is quicker without.
const load = createRequire(import.meta.url);

function otlpExporter(endpoint: string): Sdk.SpanExporter {
  const { OTLPTraceExporter } = load('@opentelemetry/exporter-trace-otlp-http') as typeof Otlp;
  // OpenTelemetry's exporter specification: the base endpoint, and the signal's path behind it.
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  return new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS });
}

/** Records in batches, which are sent beside the work and dropped when nobody takes them. */
function providerOf(service: string, exporter: Sdk.SpanExporter, ratio: number): Sdk.BasicTracerProvider {
  const { resourceFromAttributes } = load('@opentelemetry/resources') as typeof Resources;
  const sdk = load('@opentelemetry/sdk-trace-base') as typeof Sdk;
  return new sdk.BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.namespace': 'shop' }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [new sdk.BatchSpanProcessor(exporter)],
  });
}
