import { isSpanContextValid, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { currentLogFields } from '../logging/log-fields.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { traceHeaders } from '../telemetry/trace-context.js';

/** A request to another service. */
export interface OutgoingRequest {
  /** What the span is called, with few values: `POST /cart/checkout`. */
  readonly name: string;
  readonly method: string;
  readonly url: URL;
  /** The service that is asked. */
  readonly service: string;
}

/**
 * Sends a request inside a CLIENT span. `send` gets the headers by which the other side continues the trace, and by which
 * its log bears the id of the request that it belongs to. What is read of the answer in `send` belongs to the span. (OpenTelemetry's semantic conventions for HTTP clients.)
 */
export function inClientSpan<Answer>(
  { tracing }: Pick<Telemetry, 'tracing'>,
  { name, method, url, service }: OutgoingRequest,
  send: (headers: Record<string, string>, span: Span) => Promise<Answer>,
): Promise<Answer> {
  const around = trace.getActiveSpan();
  // Where nothing is recorded a span of its own would say the same as the one around it.
  if (!tracing.records && around && isSpanContextValid(around.spanContext())) return send(headersOfThisWork(), around);
  const attributes = {
    'http.request.method': method,
    'url.full': url.origin + url.pathname,
    'server.address': url.hostname,
    'server.port': Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
    'peer.service': service,
  };
  return tracing.inSpan(name, { kind: SpanKind.CLIENT, attributes }, (span) => send(headersOfThisWork(), span));
}

function headersOfThisWork(): Record<string, string> {
  const { request_id: requestId } = currentLogFields();
  return { ...traceHeaders(), ...(requestId !== undefined && { 'x-request-id': requestId }) };
}

/** Notes what a CLIENT span was answered. */
export function noteStatus(span: Span, statusCode: number): void {
  span.setAttribute('http.response.status_code', statusCode);
  if (statusCode >= 400) span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', `${statusCode}`);
}
