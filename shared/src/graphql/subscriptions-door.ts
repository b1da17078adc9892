import { type Context as TraceContext, ROOT_CONTEXT } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import { type ExecutionArgs, type ExecutionResult, GraphQLError, parse, validate } from 'graphql';
import type { Context, SubscribePayload } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { GraphqlContext } from './context.js';
import type { GraphqlDoorOptions } from './graphql-door.js';
import { fewErrors } from './few-errors.js';
import { gatewayOnly, refusalOfOthers } from './for-the-gateway.js';
import { formatGraphqlError, toGraphqlError } from './graphql-errors.js';
import { LARGEST_MESSAGE } from './largest-message.js';
import { measureSubscriptions } from './live-subscriptions.js';
import { subscribeTraced } from './traced-subscription.js';
import { whileRightLasts } from './while-right-lasts.js';
import { bearerToken, type Caller } from '../auth/caller.js';
import type { TokenVerifier } from '../auth/token-verifier.js';
import type { SubgraphAccess } from '../http/behind-gateway.js';
import { requestIdOf } from '../http/request-id.js';
import { refuseUpgrade } from '../http/server-options.js';
import { withLogFields } from '../logging/log-fields.js';
import { contextFrom } from '../telemetry/trace-context.js';

/** At a stop, a client that does not answer its socket's close within this time is cut off. */
const FAREWELL_MS = 1_000;

/**
 * Subscriptions by graphql-transport-ws on `/graphql`. Who may not ask here is refused before there is a websocket. Who
 * subscribes is proven by each operation (`extensions.authorization`), so that one socket can carry many callers; else by the
 * connection's parameters. A stream ends with its caller's right, should the gateway not have ended it before.
 */
export function openSubscriptions<Loaders>(
  app: FastifyInstance,
  access: SubgraphAccess,
  options: GraphqlDoorOptions<Loaders>,
): void {
  const { schema, verifier, loaders } = options;
  const { logger, metrics } = options.telemetry;
  const connections = new Set<Context>();
  const countEvent = measureSubscriptions(metrics, ['websocket'], () =>
    [...connections].reduce((sum, { subscriptions }) => sum + Object.keys(subscriptions).length, 0),
  );
  /** Where each operation comes from: the trace and the request that it says. */
  const origins = new WeakMap<object, TraceContext>();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE });
  const server = useServer(
    {
      schema,
      connectionInitWaitTimeout: 3_000,
      onConnect: (connection) => void connections.add(connection),
      onClose: (connection) => void connections.delete(connection),
      onSubscribe: async (socket, _id, payload) => {
        try {
          const caller = await callerOfOperation(payload, socket.connectionParams, verifier);
          const requestId = requestIdOf(payload.extensions?.['requestId']);
          const args = executionArgs(payload, { caller, requestId, loaders: loaders(caller) });
          origins.set(args, withLogFields({ request_id: requestId }, contextFrom(payload.extensions ?? {})));
          return args;
        } catch (error) {
          return [error instanceof GraphQLError ? shown(error) : toGraphqlError(error)];
        }
      },
      subscribe: async (args) => {
        const stream = await subscribeTraced(options.telemetry, args, origins.get(args) ?? ROOT_CONTEXT);
        const { caller } = args.contextValue as GraphqlContext;
        if (!caller || !verifier.grounds || !(Symbol.asyncIterator in stream)) return stream;
        return whileRightLasts(stream, caller, verifier.grounds);
      },
      onNext: (_socket, _id, _payload, _args, result): ExecutionResult => {
        countEvent('websocket');
        if (!result.errors) return result;
        for (const error of result.errors) {
          if (error.originalError && error.originalError.name !== 'AppError')
            logger.error({ err: error.originalError }, 'event failed');
        }
        return { ...result, errors: result.errors.map(shown) };
      },
      onError: (_socket, _id, _payload, errors) => errors.map((error) => shown(error as GraphQLError)),
    },
    sockets,
  );
  app.server.on('upgrade', (request, socket, head) => {
    if (request.url?.split('?')[0] !== '/graphql') return socket.destroy();
    if (!access.admits(request)) return refuseUpgrade(socket, gatewayOnly, refusalOfOthers);
    return sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
  });
  app.addHook('preClose', async () => {
    const overdue = setTimeout(() => sockets.clients.forEach((socket) => socket.terminate()), FAREWELL_MS);
    await server.dispose();
    clearTimeout(overdue);
  });

  function executionArgs(payload: SubscribePayload, contextValue: unknown): ExecutionArgs | readonly GraphQLError[] {
    const document = parse(payload.query);
    const mistakes = validate(schema, document, undefined, fewErrors);
    if (mistakes.length > 0) return mistakes;
    const { operationName, variables } = payload;
    return { schema, document, operationName, variableValues: variables, contextValue };
  }
}

async function callerOfOperation(
  payload: SubscribePayload,
  parameters: Readonly<Record<string, unknown>> | undefined,
  verifier: TokenVerifier,
): Promise<Caller | null> {
  const header =
    payload.extensions?.['authorization'] ?? parameters?.['authorization'] ?? parameters?.['Authorization'];
  const token = bearerToken(typeof header === 'string' ? header : undefined);
  return token === null ? null : verifier.verify(token);
}

/** What a client sees of an error that ends or accompanies an event. */
function shown(error: GraphQLError): GraphQLError {
  const { message, ...rest } = formatGraphqlError(error.toJSON(), error);
  return new GraphQLError(message, {
    nodes: error.nodes ?? null,
    path: rest.path ?? null,
    extensions: rest.extensions ?? null,
  });
}
