import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyError, FastifyInstance } from 'fastify';
import type { AppError } from '../errors/app-error.js';
import { publicErrorOf } from '../errors/public-error.js';
import type { Logger } from '../logging/logger.js';

/**
 * Every error of a REST route is `{"error": "<one clear sentence>"}` with its status; nothing of the inside shows. Every
 * answer has the id of its request, by which the logs are searched.
 */
export function answerErrors(app: FastifyInstance, logger: Logger): void {
  app.setNotFoundHandler((_request, reply) => reply.status(404).send({ error: 'not found' }));
  app.setErrorHandler((error, request, reply) => {
    const { status, message, retryAfterS } = restError(error);
    if (status >= 500)
      logger.error({ err: error, request_id: request.id, route: request.routeOptions.url }, 'request failed');
    if (retryAfterS !== undefined) void reply.header('retry-after', retryAfterS);
    return reply.status(status).send({ error: message });
  });
  app.addHook('onRequest', ({ id }, reply, next) => {
    void reply.header('x-request-id', id);
    next();
  });
  // Node answers it itself, and says nothing, unless somebody listens.
  app.server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const body = JSON.stringify({ error: 'the expectation can not be met' });
    const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length };
    response.writeHead(417, { ...headers, connection: 'close' }).end(body);
  });
}

function restError(error: unknown): Pick<AppError, 'status' | 'message'> & Partial<AppError> {
  const known = publicErrorOf(error);
  if (known) return known;
  const status = statusOf(error);
  if (status < 500) return { status, message: clientMistakes[(error as FastifyError).code] ?? 'bad request' };
  return { status: 500, message: 'internal error' };
}

const clientMistakes: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'the body is too large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'the content type is not supported',
  FST_ERR_CTP_INVALID_JSON_BODY: 'the body is no JSON',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'the body is empty',
};

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 ? status : 500;
}
