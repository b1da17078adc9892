import httpProxy from '@fastify/http-proxy';
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { Agent } from 'undici';
import type { ServiceName } from '@shop/shared/backing/roster';
import { AppError } from '@shop/shared/errors/app-error';

interface RestFacadeOptions {
  /** A service's origin; null when the supergraph is not the shop's. */
  readonly originOf: (service: ServiceName) => string | null;
  readonly timeoutMs: number;
}

type Row = readonly [service: ServiceName, methods: readonly HTTPMethods[], route: string];

/**
 * The paths of the REST contract. Only what is listed is forwarded: a service's other routes, such as the checkout that
 * is for the orders service alone, can't be reached from here however their path is written.
 */
const forwarded: readonly Row[] = [
  ['auth', ['POST'], '/auth/register'],
  ['auth', ['POST'], '/auth/login'],
  ['auth', ['GET'], '/api/profile'],
  ['products', ['GET', 'POST'], '/products'],
  ['products', ['GET', 'PUT', 'DELETE'], '/products/:id'],
  ['cart', ['GET', 'POST', 'DELETE'], '/cart'],
  ['cart', ['PUT', 'DELETE'], '/cart/:id'],
  ['orders', ['GET', 'POST'], '/orders'],
  ['orders', ['GET'], '/orders/:id'],
  ['orders', ['PUT'], '/orders/:id/status'],
  ['payments', ['GET'], '/payments/:id'],
];

/** Forwards the REST contract's routes to their services, as they are. A service that is away is 503, a slow one 504,
 * and one that breaks off 502. */
export function restFacade({ originOf, timeoutMs }: RestFacadeOptions) {
  return async (app: FastifyInstance): Promise<void> => {
    const agent = new Agent({ headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
    app.addHook('onClose', () => agent.destroy());
    for (const [service, methods, route] of forwarded) {
      await app.register(httpProxy, {
        upstream: '',
        routes: [route],
        httpMethods: [...methods],
        undici: agent,
        disableRequestLogging: true,
        preHandler: async (_request: FastifyRequest, reply: FastifyReply) => {
          if (originOf(service) === null) return reply.callNotFound();
        },
        replyOptions: {
          getUpstream: () => originOf(service) ?? '',
          // Each service says itself when it is overloaded: asking again is the client's decision.
          retryDelay: () => null,
          rewriteRequestHeaders: ({ ip, id }, headers) => ({ ...headers, 'x-forwarded-for': ip, 'x-request-id': id }),
          onError: (reply, { error }) => void reply.send(failureOf(service, error)),
        },
      });
    }
  };
}

/** `error` is @fastify/reply-from's; its cause is what undici said. */
function failureOf(service: ServiceName, error: Error): AppError {
  const failed = (status: number, what: string) =>
    new AppError('SUBGRAPH_UNAVAILABLE', `${service} service ${what}`, { status, cause: error });
  if ('statusCode' in error && error.statusCode === 504) return failed(504, 'did not answer in time');
  const cause = error.cause instanceof Error && 'code' in error.cause ? error.cause.code : undefined;
  // Once a connection was made, the request may have been carried out.
  if (cause === 'UND_ERR_SOCKET' || cause === 'ECONNRESET') return failed(502, 'broke off its answer');
  return failed(503, 'unavailable');
}
