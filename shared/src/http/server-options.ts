import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppError } from '../errors/app-error.js';
import { requestIdOf } from './request-id.js';

/** What every HTTP server of ours has in common: also what never reaches a route is answered as the REST contract says. */
export const serverOptions = {
  forceCloseConnections: 'idle',
  // The whole of a request must have arrived by then, its body too: in ms, as those of its headers below. Node looks only
  // now and then, and takes the greater of the two for both where the headers' is not the smaller one.
  requestTimeout: 30_000,
  // In ms, for which nothing may move on a connection, in either direction: who asks and never reads the answer would hold
  // it, and what it is read from, for ever. Longer than an answer may take, and than streams are silent between heartbeats.
  // It ends with an upgrade: websockets have pings of their own.
  connectionTimeout: 60_000,
  // A kept connection leads to one process. By ending now and then, after an answer that says so, it lets what balances by
  // connections, as Kubernetes does, lead to processes that came later.
  maxRequestsPerSocket: 1_000,
  requestIdHeader: false,
  genReqId: ({ headers }: IncomingMessage) => requestIdOf(headers['x-request-id']),
  // No parameter is longer than all headers together may be (Node's limit): each is for its route to refuse.
  routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16_384 },
  frameworkErrors: answerBrokenAddress,
  clientErrorHandler: answerBrokenRequest,
  http: {
    headersTimeout: 15_000,
    connectionsCheckingInterval: 5_000,
    shouldUpgradeCallback: isWebsocket,
    requireHostHeader: false,
  },
} as const;

/**
 * Another upgrade, as some clients offer HTTP/2 with each request, or one elsewhere is no reason not to answer (RFC 9110,
 * section 7.8).
 */
function isWebsocket(this: Server, { url, headers }: IncomingMessage): boolean {
  const wanted = headers.upgrade?.toLowerCase() === 'websocket' && url?.split('?')[0] === '/graphql';
  return wanted && this.listenerCount('upgrade') > 0;
}

function answerBrokenAddress(_error: Error, _request: FastifyRequest, reply: FastifyReply): void {
  void reply.status(400).send({ error: 'the address is not a valid URL' });
}

const brokenRequests: Readonly<Record<string, readonly [status: string, error: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request did not arrive in time'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'the headers are too large'],
};

/** So long somebody who was told that it is no HTTP may go on sending: a reset before would take the answer away. */
const LINGER_MS = 1_000;
const answered = new WeakSet<Socket>();

/** Answers what is no HTTP, and throws away what still comes of it (RFC 9112, section 9.6). */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  // The parser complains of each further piece.
  if (answered.has(socket)) return;
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy(error);
  answered.add(socket);
  const [status, sentence] = brokenRequests[error.code ?? ''] ?? ['400 Bad Request', 'the request is not valid HTTP'];
  socket.end(rawAnswer(status, { error: sentence }));
  const overdue = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(overdue));
}

/**
 * Refuses a request for an upgrade. Node leaves its socket to whoever hears of it: nobody else listens to it then, so that an
 * error of it would end the process.
 */
export function refuseUpgrade(
  socket: Duplex,
  { status, message, retryAfterS }: AppError,
  answer: object = { error: message },
): void {
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  const later = retryAfterS === undefined ? [] : [`Retry-After: ${retryAfterS}`];
  socket.end(rawAnswer(`${status} ${STATUS_CODES[status]}`, answer, later));
}

/** An answer on a socket that no HTTP server answers on (any more), after which it is closed. `status`: with its phrase. */
function rawAnswer(status: string, answer: object, more: readonly string[] = []): string {
  const body = JSON.stringify(answer);
  const head = [
    `HTTP/1.1 ${status}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...more,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
