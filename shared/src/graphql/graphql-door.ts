import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { GraphqlContext } from './context.js';
import { documentStore } from './document-store.js';
import { fewErrors } from './few-errors.js';
import { formatGraphqlError, toGraphqlError } from './graphql-errors.js';
import { refusalOfOthers } from './for-the-gateway.js';
import { OperationDurations, operationMetrics } from './operation-metrics.js';
import { operationRoute, operationTracing } from './operation-tracing.js';
import { openSubscriptions } from './subscriptions-door.js';
import type { Caller } from '../auth/caller.js';
import type { TokenVerifier } from '../auth/token-verifier.js';
import { callerOf } from '../http/identity.js';
import type { Door } from '../http/web-server.js';
import type { Logger } from '../logging/logger.js';
import type { Telemetry } from '../telemetry/telemetry.js';

export interface GraphqlDoorOptions<Loaders> {
  readonly schema: GraphQLSchema;
  readonly verifier: TokenVerifier;
  /** This request's loaders. */
  readonly loaders: (caller: Caller | null) => Loaders;
  readonly telemetry: Telemetry;
}

/**
 * `/graphql`: queries and mutations over HTTP, and subscriptions over graphql-transport-ws where the schema has some. Who may
 * not ask here is told so, 403 and FORBIDDEN, before anything else of a request is looked at.
 */
export function graphqlDoor<Loaders>(options: GraphqlDoorOptions<Loaders>): Door {
  const { schema, verifier, loaders } = options;
  const { logger, metrics } = options.telemetry;
  return async (app, access) => {
    const apollo = new ApolloServer<GraphqlContext<Loaders>>({
      schema,
      documentStore: documentStore(),
      validationOptions: fewErrors,
      introspection: true,
      persistedQueries: false,
      includeStacktraceInErrorResponses: false,
      formatError: formatGraphqlError,
      stopOnTerminationSignals: false,
      logger,
      plugins: [
        ApolloServerPluginLandingPageDisabled(),
        ApolloServerPluginInlineTraceDisabled(),
        // It would have every field of every answer say for how long it may be kept.
        ApolloServerPluginCacheControlDisabled(),
        ApolloServerPluginUsageReportingDisabled(),
        reportFailures(logger),
        operationMetrics(new OperationDurations(metrics)),
        operationTracing,
      ],
    });
    await apollo.start();
    const context = async (request: FastifyRequest): Promise<GraphqlContext<Loaders>> => {
      const caller = await callerOf(request, verifier).catch((error: unknown) => {
        throw refusal(error);
      });
      return { caller, requestId: request.id, clientAddress: request.ip, loaders: loaders(caller) };
    };
    app.route({
      url: '/graphql',
      method: ['GET', 'POST', 'OPTIONS'],
      schema: { hide: true } as never,
      onRequest: async ({ raw }: FastifyRequest, reply: FastifyReply) => {
        if (!access.admits(raw)) return reply.status(403).send(refusalOfOthers);
      },
      handler: operationRoute(options.telemetry, fastifyApolloHandler(apollo, { context })),
    });
    // The web server has answered what was in flight by then. (Apollo's drain plugin would close it from within its close.)
    app.addHook('onClose', () => apollo.stop());
    if (schema.getSubscriptionType()) openSubscriptions(app, access, options);
  };
}

/** A request refused before it runs, with the HTTP status of its code. */
function refusal(error: unknown) {
  const refused = toGraphqlError(error);
  const status = refused.extensions['code'] === 'UNAUTHENTICATED' ? 401 : 503;
  Object.assign(refused.extensions, { http: { status } });
  return refused;
}

/** Logs what clients see only as "internal error". */
function reportFailures(logger: Logger) {
  return {
    requestDidStart: async () => ({
      didEncounterErrors: async ({ errors }: { errors: readonly { originalError?: Error | null | undefined }[] }) => {
        for (const error of errors) {
          const original = error.originalError;
          if (original && original.name !== 'AppError' && original.name !== 'GraphQLError')
            logger.error({ err: original }, 'resolver failed');
        }
      },
    }),
  };
}
