import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Metrics } from '../telemetry/metrics.js';
import { measureProcess } from '../telemetry/process-metrics.js';

/** Requests whose answers go on for as long as their clients listen: their time says nothing. */
const streams = new WeakSet<FastifyRequest>();

/** Leaves a request, whose answer is a stream, out of the durations. */
export function markAsStream(request: FastifyRequest): void {
  streams.add(request);
}

/**
 * Measures every request of a server by its route's pattern, never by its path, and answers `/metrics`. Requests that no
 * route takes are one route. Call it before any route is registered.
 */
export function serveMetrics(app: FastifyInstance, metrics: Metrics): void {
  measureProcess(metrics);
  const durations = metrics.histogram({
    name: 'http_request_duration_seconds',
    help: 'HTTP requests that were answered, by the pattern of their route',
    labels: ['method', 'route', 'status'],
  });
  app.addHook('onResponse', async (request, reply) => {
    if (streams.has(request)) return;
    const { method, url: route } = request.routeOptions;
    const labels = route ? { method: methodOf(method, request), route } : { method: 'any', route: 'none' };
    durations.observe({ ...labels, status: String(reply.statusCode) }, reply.elapsedTime / 1_000);
  });
  app.get('/metrics', { schema: { hide: true } as never }, async (_request, reply) => {
    const { contentType, text } = await metrics.exposition();
    return reply.type(contentType).send(text);
  });
}

/** A route may take several methods: the request's is one of these. */
function methodOf(methods: string | string[] | undefined, request: FastifyRequest): string {
  return Array.isArray(methods) || methods === undefined ? request.method : methods;
}
