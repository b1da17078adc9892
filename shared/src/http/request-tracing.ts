import { type Context, context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { withLogFields } from '../logging/log-fields.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { contextFrom } from '../telemetry/trace-context.js';

/** What is asked every few seconds, by machines, and belongs to no piece of work. */
const UNTRACED: ReadonlySet<string | undefined> = new Set([
  ...['/healthz', '/readyz', '/metrics'],
  ...['/.well-known/jwks.json', '/.well-known/ended-sessions'],
]);

/**
 * A SERVER span for each request, which continues the caller's trace, and the request's id in every log line. Before any
 * other hook: these run inside. (OpenTelemetry's semantic conventions for HTTP servers, stable since 1.23.)
 */
export function traceRequests(app: FastifyInstance, { tracing }: Pick<Telemetry, 'tracing'>): void {
  const contexts = new WeakMap<FastifyRequest, Context>();
  app.addHook('onRequest', (request, reply, next) => {
    if (UNTRACED.has(request.routeOptions.url)) return next();
    const caller = withLogFields({ request_id: request.id }, contextFrom(request.headers));
    const span = tracing.tracer.startSpan(nameOf(request), { kind: SpanKind.SERVER }, caller);
    if (span.isRecording()) describe(span, request, reply);
    const own = trace.setSpan(caller, span);
    contexts.set(request, own);
    return context.with(own, next);
  });
  // A body is read in callbacks of its socket, which know nothing of the request.
  app.addHook('preValidation', (request, _reply, next) => {
    const own = contexts.get(request);
    return own ? context.with(own, next) : next();
  });
}

function nameOf({ method, routeOptions }: FastifyRequest): string {
  return routeOptions.url === undefined ? method : `${method} ${routeOptions.url}`;
}

function describe(span: Span, request: FastifyRequest, reply: FastifyReply): void {
  const { method, routeOptions, protocol, hostname, port, raw } = request;
  span.setAttributes({
    'http.request.method': method,
    // Without the query: it may carry what is nobody's business.
    'url.path': raw.url?.split('?')[0] ?? '',
    'url.scheme': protocol,
    'server.address': hostname,
    ...(port !== null && { 'server.port': port }),
    'client.address': request.ip,
    'network.protocol.version': raw.httpVersion,
    ...(routeOptions.url !== undefined && { 'http.route': routeOptions.url }),
  });
  // Unlike Fastify's onResponse, this comes also when the client has gone before the answer.
  reply.raw.once('close', () => {
    const { statusCode, writableFinished } = reply.raw;
    span.setAttribute('http.response.status_code', statusCode);
    if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', `${statusCode}`);
    else if (!writableFinished) span.setAttribute('error.type', 'client gone');
    span.end();
  });
}
