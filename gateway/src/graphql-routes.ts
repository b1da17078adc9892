import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError, OperationTypeNode } from 'graphql';
import { AppError } from '@shop/shared/errors/app-error';
import { operationRoute } from '@shop/shared/graphql/operation-tracing';
import { jsonParser } from '@shop/shared/http/request-body';
import type { Logger } from '@shop/shared/logging/logger';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { contextOf, type GatewayContext } from './context.js';
import { sandboxPolicy } from './explorers.js';
import type { Identities } from './identity.js';
import type { Limits } from './limits.js';
import { errorOf, toPublicError } from './public-errors.js';
import { acceptsMultipart, replyByMultipart } from './subscriptions/multipart.js';
import { readOperationParameters, readOperationRequest } from './subscriptions/operation-request.js';
import { kindOf, type Operations } from './subscriptions/operations.js';
import { replyBySse } from './subscriptions/sse.js';

interface GraphqlRoutesOptions {
  readonly server: ApolloServer<GatewayContext>;
  readonly identities: Identities;
  readonly operations: Operations;
  readonly limits: Limits;
  readonly telemetry: Telemetry;
}

const NO_STREAM_HERE =
  'a subscription needs a websocket on /graphql, server-sent events on /graphql/stream, or ' +
  'Accept: multipart/mixed;subscriptionSpec="1.0"';

/** `/graphql` and `/graphql/stream`. A request is only looked at once its token was. */
export function graphqlRoutes({ server, identities, operations, limits, telemetry }: GraphqlRoutesOptions) {
  return async (app: FastifyInstance): Promise<void> => {
    const contexts = new WeakMap<FastifyRequest, GatewayContext>();
    const contextFor = (request: FastifyRequest): GatewayContext => {
      const context = contexts.get(request);
      if (!context) throw new Error('a request was handled before its caller was known');
      return context;
    };
    const context = async (request: FastifyRequest) => contextFor(request);
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, jsonParser(app));
    app.setErrorHandler((error, request, reply) => answerError(error, request, reply, telemetry.logger));
    app.addHook('onRequest', async (request) => {
      const identity = await identities.identify(request.headers.authorization);
      contexts.set(request, contextOf(identity, { ...request.headers, 'x-request-id': request.id }, request.ip));
    });

    const answerBySse = async (request: FastifyRequest, reply: FastifyReply) => {
      const operation =
        request.method === 'GET'
          ? readOperationParameters(request.query as Record<string, unknown>)
          : readOperationRequest(request.body);
      if (request.method === 'GET' && kindOf(limits.admit(operation.query), operation) === OperationTypeNode.MUTATION) {
        reply.header('allow', 'POST');
        throw new AppError('BAD_USER_INPUT', 'send a mutation by POST', { status: 405 });
      }
      await replyBySse(reply, await operations.run(operation, contextFor(request), 'sse'));
    };
    app.route({ url: '/graphql/stream', method: ['GET', 'POST'], handler: answerBySse });
    for (const url of ['/graphql', '/graphql/stream']) {
      app.route({ url, method: ['HEAD', 'PUT', 'PATCH', 'DELETE'], handler: refuseMethod });
    }

    await app.register(async (scope) => {
      scope.addHook('preHandler', async (request, reply) => {
        const { accept } = request.headers;
        // GraphiQL subscribes where it queries.
        if (accept === 'text/event-stream') return await answerBySse(request, reply);
        // Only a browser that asks for a page gets one here, and that page is Sandbox.
        if (request.method === 'GET') reply.header('content-security-policy', sandboxPolicy);
        const sent = request.method === 'GET' ? request.query : request.body;
        // What is no operation at all is Apollo's to refuse.
        if (!hasQuery(sent)) return;
        const document = limits.admit(sent.query);
        if (request.method === 'GET') return;
        const operation = readOperationRequest(sent);
        if (kindOf(document, operation) !== OperationTypeNode.SUBSCRIPTION) return;
        if (!acceptsMultipart(accept)) throw new AppError('BAD_USER_INPUT', NO_STREAM_HERE);
        await replyByMultipart(reply, await operations.run(operation, contextFor(request), 'multipart'));
      });
      const handler = operationRoute(telemetry, fastifyApolloHandler(server, { context }));
      scope.route({ url: '/graphql', method: ['GET', 'POST'], handler });
    });
  };
}

async function refuseMethod(request: FastifyRequest, reply: FastifyReply): Promise<never> {
  reply.header('allow', 'GET, POST');
  throw new AppError('BAD_USER_INPUT', `send an operation by GET or POST, not by ${request.method}`, { status: 405 });
}

function hasQuery(sent: unknown): sent is { readonly query: string } {
  return typeof sent === 'object' && sent !== null && 'query' in sent && typeof sent.query === 'string';
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
  if (error instanceof AppError) await reply.code(error.status).send({ errors: [toPublicError(error)] });
  else if (error instanceof GraphQLError) await reply.code(400).send({ errors: [toPublicError(error)] });
  else if (mistake)
    await reply.code((error as FastifyError).statusCode ?? 400).send({ errors: [errorOf('BAD_USER_INPUT', mistake)] });
  else {
    logger.error({ err: error, requestId: request.id }, 'a request failed');
    await reply.code(500).send({ errors: [toPublicError(error)] });
  }
}
