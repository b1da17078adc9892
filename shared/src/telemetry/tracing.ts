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
  private recording: Pick<Tracer, 'startSpan'> | undefined;
  private provider: Sdk.BasicTracerProvider | undefined;
  private exporter: EndingExporter | undefined;

  constructor(private readonly options: TracingOptions) {}

  /** Records from now on, if there is a receiver. What records is loaded only then: a start is quicker without. */
  async start(): Promise<void> {
    const { service, endpoint, ratio } = this.options;
    if (!endpoint) return;
    const { otlpExporter, providerOf } = await import('./recording.js');
    this.exporter = new EndingExporter(otlpExporter(endpoint, EXPORT_TIMEOUT_MS));
    this.provider = providerOf(service, this.exporter, ratio);
    this.recording = this.provider.getTracer('shop');
  }

  /** What makes spans: of something only while it records. */
  get tracer(): Pick<Tracer, 'startSpan'> {
    return this.recording ?? passingTracer;
  }

  /** Whether spans are recorded here: where they are not, each stands for the one around it. */
  get records(): boolean {
    return this.recording !== undefined;
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
