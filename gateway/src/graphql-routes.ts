import type { ApolloServer } from '@apollo/server';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError, OperationTypeNode } from 'graphql';
import { AppError } from '@shop/shared/errors/app-error';
import { operationRoute } from '@shop/shared/graphql/operation-tracing';
import { jsonParser } from '@shop/shared/http/request-body';
import type { Logger } from '@shop/shared/logging/logger';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import type { Admission } from './admission.js';
import { answerByApollo } from './apollo-handler.js';
import { clientKey } from './client-key.js';
import { contextOf, type GatewayContext } from './context.js';
import { acceptsHtml, sandboxPolicy } from './explorers.js';
import type { KnownOperations } from './known-operations.js';
import type { OpenConnections } from './open-connections.js';
import { errorOf, toPublicError } from './public-errors.js';
import type { RequestRate } from './request-rate.js';
import { acceptsMultipart, replyByMultipart } from './subscriptions/multipart.js';
import {
  namesOperation,
  type OperationRequest,
  readOperationParameters,
  readOperationRequest,
  type SentOperation,
} from './subscriptions/operation-request.js';
import { kindOf, type Operations } from './subscriptions/operations.js';
import { replyBySse } from './subscriptions/sse.js';

interface GraphqlRoutesOptions {
  readonly server: ApolloServer<GatewayContext>;
  readonly known: KnownOperations;
  readonly operations: Operations;
  readonly admission: Admission;
  readonly rate: RequestRate;
  /** The streams over HTTP count among a client's connections. */
  readonly connections: OpenConnections;
  /** Whether a browser that comes by gets Sandbox. */
  readonly explorers: boolean;
  readonly telemetry: Telemetry;
}

const NO_STREAM_HERE =
  'a subscription needs a websocket on /graphql, server-sent events on /graphql/stream, or ' +
  'Accept: multipart/mixed;subscriptionSpec="1.0"';

/** `/graphql` and `/graphql/stream`. A request is only looked at once its token was, and was counted. */
export function graphqlRoutes(options: GraphqlRoutesOptions) {
  const { server, known, operations, admission, rate, connections, explorers, telemetry } = options;
  return async (app: FastifyInstance): Promise<void> => {
    const contexts = new WeakMap<FastifyRequest, GatewayContext>();
    const contextFor = (request: FastifyRequest): GatewayContext => {
      const context = contexts.get(request);
      if (!context) throw new Error('a request was handled before its caller was known');
      return context;
    };
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, jsonParser(app));
    app.setErrorHandler((error, request, reply) => answerError(error, request, reply, telemetry.logger));
    app.addHook('onRequest', async (request) => {
      const asksForPage = explorers && isForPage(request);
      const { authorization } = request.headers;
      const identity = await (asksForPage
        ? rate.identify(authorization, request.ip)
        : rate.admit(authorization, request.ip));
      contexts.set(request, contextOf(identity, request.id, request.ip));
    });

    /** Runs what is answered by a stream, which is one of its client's connections for as long as it lasts. */
    const runStream = async (
      operation: SentOperation,
      transport: 'sse' | 'multipart',
      request: FastifyRequest,
      { raw }: FastifyReply,
    ) => {
      const context = contextFor(request);
      const release = connections.take(clientKey(context.caller, context.clientAddress));
      raw.once('close', release);
      // Whoever hung up before gives no other sign of it.
      if (raw.destroyed) release();
      return await operations.run(operation, context, transport);
    };
    const answerBySse = async (request: FastifyRequest, reply: FastifyReply) => {
      const operation = sentBy(request);
      if (request.method === 'GET') {
        const { document } = await admission.admit(operation, contextFor(request));
        if (kindOf(document, operation) === OperationTypeNode.MUTATION) {
          reply.header('allow', 'POST');
          throw new AppError('BAD_USER_INPUT', 'send a mutation by POST', { status: 405 });
        }
      }
      await replyBySse(reply, await runStream(operation, 'sse', request, reply));
    };
    app.route({ url: '/graphql/stream', method: ['GET', 'POST'], handler: answerBySse });
    for (const url of ['/graphql', '/graphql/stream']) {
      app.route({ url, method: ['HEAD', 'PUT', 'PATCH', 'DELETE'], handler: refuseMethod });
    }

    await app.register(async (scope) => {
      const admitted = new WeakMap<FastifyRequest, OperationRequest>();
      scope.addHook('preHandler', async (request, reply) => {
        const { accept } = request.headers;
        // GraphiQL subscribes where it queries.
        if (accept === 'text/event-stream') return await answerBySse(request, reply);
        // Only a browser that asks for a page gets one here, and that page is Sandbox.
        if (explorers && request.method === 'GET') reply.header('content-security-policy', sandboxPolicy);
        // What is no operation at all is Apollo's to refuse.
        if (!namesOperation(request.method === 'GET' ? request.query : request.body)) return;
        const { request: operation, document } = await admission.admit(sentBy(request), contextFor(request));
        admitted.set(request, operation);
        if (request.method === 'GET' || kindOf(document, operation) !== OperationTypeNode.SUBSCRIPTION) return;
        if (!acceptsMultipart(accept)) throw new AppError('BAD_USER_INPUT', NO_STREAM_HERE);
        await replyByMultipart(reply, await runStream(operation, 'multipart', request, reply));
      });
      const answer = async (request: FastifyRequest, reply: FastifyReply) => {
        const operation = admitted.get(request) ?? null;
        const context = contextFor(request);
        const outcome = operation && (await known.answer(request, operation, context));
        if (outcome?.kind === 'text') return reply.type(outcome.contentType).send(outcome.text);
        await answerByApollo(server, request, reply, operation, outcome?.context ?? context);
        if (operation && reply.statusCode === 200) known.learn(request, String(reply.getHeader('content-type')));
        return reply;
      };
      scope.route({ url: '/graphql', method: ['GET', 'POST'], handler: operationRoute(telemetry, answer) });
    });
  };
}

async function refuseMethod(request: FastifyRequest, reply: FastifyReply): Promise<never> {
  reply.header('allow', 'GET, POST');
  throw new AppError('BAD_USER_INPUT', `send an operation by GET or POST, not by ${request.method}`, { status: 405 });
}

function sentBy({ method, query, body }: FastifyRequest): SentOperation {
  return method === 'GET' ? readOperationParameters(query as Record<string, unknown>) : readOperationRequest(body);
}

function isForPage(request: FastifyRequest): boolean {
  return request.method === 'GET' && acceptsHtml(request) && !namesOperation(request.query);
}

/** What fastify refuses before a handler sees it. */
const clientMistakes: Readonly<Record<number, string>> = {
  400: 'the body is not valid JSON',
  413: 'the body is too large',
  415: 'send the body as application/json',
};

async function answerError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  logger: Logger,
): Promise<void> {
  const mistake = clientMistakes[(error as FastifyError).statusCode ?? 500];
  if (error instanceof AppError && error.retryAfterS !== undefined) reply.header('retry-after', error.retryAfterS);
  if (error instanceof AppError) await reply.code(error.status).send({ errors: [toPublicError(error)] });
  else if (error instanceof GraphQLError) await reply.code(400).send({ errors: [toPublicError(error)] });
  else if (mistake)
    await reply.code((error as FastifyError).statusCode ?? 400).send({ errors: [errorOf('BAD_USER_INPUT', mistake)] });
  else {
    logger.error({ err: error, requestId: request.id }, 'a request failed');
    await reply.code(500).send({ errors: [toPublicError(error)] });
  }
}
