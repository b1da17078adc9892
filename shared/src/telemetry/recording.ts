import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';

/** What brings spans to an OTLP/HTTP receiver, each batch within `timeoutMs`. */
export function otlpExporter(endpoint: string, timeoutMs: number): SpanExporter {
  // OpenTelemetry's exporter specification: the base endpoint, and the signal's path behind it.
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  return new OTLPTraceExporter({ url, timeoutMillis: timeoutMs });
}

/**
 * What records a service's spans, this share (0 to 1) of the traces that begin here, in batches, which are sent beside the
 * work and dropped when nobody takes them.
 */
export function providerOf(service: string, exporter: SpanExporter, ratio: number): BasicTracerProvider {
  return new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.namespace': 'shop' }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
}
