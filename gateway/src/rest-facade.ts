import { type Readable, Transform } from 'node:stream';
import httpProxy from '@fastify/http-proxy';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServiceName } from '@shop/shared/backing/roster';
import { AppError } from '@shop/shared/errors/app-error';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { forwardedHeaders, withoutConnectionHeaders } from './forwarded-headers.js';
import { forwardedRoutes } from './forwarded-routes.js';
import type { Proof } from './gateway-proof.js';
import type { RequestRate } from './request-rate.js';
import { ServiceRequests } from './service-requests.js';

interface RestFacadeOptions {
  /** A service's origin; null when the supergraph is not the shop's. */
  readonly originOf: (service: ServiceName) => string | null;
  readonly proof: Proof;
  readonly timeoutMs: number;
  /** The largest body, in bytes. */
  readonly bodyLimit: number;
  readonly rate: RequestRate;
  readonly telemetry: Pick<Telemetry, 'tracing'>;
}

/** Forwards the REST contract's routes to their services, as they are. A service that is away is 503, a slow one 504,
 * and one that breaks off 502. */
export function restFacade({ originOf, proof, timeoutMs, bodyLimit, rate, telemetry }: RestFacadeOptions) {
  return async (app: FastifyInstance): Promise<void> => {
    const requests = new ServiceRequests(timeoutMs, telemetry);
    app.addHook('onClose', () => requests.close());
    app.addHook('onRequest', ({ headers, ip }) => rate.admitUnjudged(headers.authorization, ip));
    app.addHook('preParsing', limitBodies(bodyLimit));
    for (const { service, methods, path } of forwardedRoutes) {
      await app.register(httpProxy, {
        upstream: '',
        routes: [path],
        httpMethods: [...methods],
        undici: requests.undici,
        disableRequestLogging: true,
        preRewrite: (url) => withoutSteps(url),
        preHandler: (_request, reply, next) => {
          if (originOf(service) === null) return void reply.callNotFound();
          requests.whileWanted(reply, next);
        },
        replyOptions: {
          getUpstream: () => originOf(service) ?? '',
          // Each service says itself when it is overloaded: asking again is the client's decision.
          retryDelay: () => null,
          rewriteRequestHeaders: (request, headers) => ({ ...forwardedHeaders(request, headers), ...proof(service) }),
          rewriteHeaders: withoutConnectionHeaders,
          onError: (reply, { error }) => answerFailure(service, reply, error),
        },
      });
    }
  };
}

/** A body is passed on while it arrives, so that its size may only show on the way. GET and HEAD have none that counts. */
function limitBodies(most: number) {
  return async ({ method, headers }: FastifyRequest, _reply: FastifyReply, payload: Readable): Promise<Readable> => {
    if (method === 'GET' || method === 'HEAD') return payload;
    if (Number(headers['content-length'] ?? 0) > most) throw bodyTooLarge();
    let size = 0;
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        size += chunk.length;
        if (size > most) done(bodyTooLarge());
        else done(null, chunk);
      },
    });
    // Whoever reads it hears of an error as well; nobody may be there to read, where a route refuses before.
    counted.on('error', () => undefined);
    payload.once('error', (error) => counted.destroy(error));
    return payload.pipe(counted);
  };
}

const bodyTooLarge = () => new AppError('BAD_USER_INPUT', 'the body is too large', { status: 413 });

/**
 * A step that stays, or goes up, would lead to another path of the service. As an id it is none, and any other that is none
 * is refused in the same way, by the service itself.
 */
function withoutSteps(url: string): string {
  const [path = '', ...query] = url.split('?');
  const segments = path.split('/').map((segment) => (isStep(segment) ? NO_ID : segment));
  return [segments.join('/'), ...query].join('?');
}

const NO_ID = '-';

/** The router has decoded it before. */
const isStep = (segment: string): boolean =>
  decodeURIComponent(segment)
    .split(/[/\\]/)
    .some((part) => part === '.' || part === '..');

/** What of a reply is needed; @fastify/reply-from's is one over HTTP/2 as well. */
interface Answering {
  readonly raw: { readonly destroyed: boolean };
  hijack(): unknown;
  send(failure: AppError): unknown;
}

function answerFailure(service: ServiceName, reply: Answering, error: Error): void {
  // Nobody is there to hear of it.
  if (reply.raw.destroyed) reply.hijack();
  else reply.send(failureOf(service, error));
}

/** `error` is @fastify/reply-from's; its cause is what undici said. */
function failureOf(service: ServiceName, error: Error): AppError {
  if (error.cause instanceof AppError) return error.cause;
  const failed = (status: number, what: string) =>
    new AppError('SUBGRAPH_UNAVAILABLE', `${service} service ${what}`, { status, cause: error });
  if ('statusCode' in error && error.statusCode === 504) return failed(504, 'did not answer in time');
  const cause = reasonOf(error.cause);
  // Once a connection was made, the request may have been carried out.
  return BROKEN_OFF.test(cause) ? failed(502, 'broke off its answer') : failed(503, 'unavailable');
}

/** What undici says of a connection that was made and then broke, or that carried no HTTP. */
const BROKEN_OFF = /^(HTTPParserError$|ECONNRESET$|EPIPE$|UND_ERR_(?!CONNECT|DESTROYED|CLOSED))/;

/** undici's code for it, or the error's name where it has none. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
}
