import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import { GraphQLError } from 'graphql';
import { documentStore } from '@shop/shared/graphql/document-store';
import { fewErrors } from '@shop/shared/graphql/few-errors';
import { type OperationDurations, operationMetrics } from '@shop/shared/graphql/operation-metrics';
import type { Logger } from '@shop/shared/logging/logger';
import { operationTracing } from '@shop/shared/graphql/operation-tracing';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { refuseApolloTelemetry } from './config.js';
import type { GatewayContext } from './context.js';
import type { CompiledGateway } from './execution/compiled-gateway.js';
import type { publicError } from './public-errors.js';
import type { Subgraphs } from './subgraphs.js';
import type { SupergraphSource } from './supergraph.js';

/** What a subgraph is asked through is ours, and what asks it: this library only has to be told that there is something. */
const neverAsked: GraphQLDataSource = {
  process: () => Promise.reject(new Error('subgraphs are asked by compiled operations alone')),
};

/** What loads the supergraph, and loads it again when it changes. It is loaded by the server that it is given to. */
export function createApolloGateway(
  supergraph: SupergraphSource,
  subgraphs: Subgraphs,
  { logger }: Telemetry,
): ApolloGateway {
  refuseApolloTelemetry();
  return new ApolloGateway({
    supergraphSdl: supergraph,
    buildService: (address) => {
      subgraphs.connect(address);
      return neverAsked;
    },
    logger: quieted(logger),
    __exposeQueryPlanExperimental: false,
    validateSupergraph: !supergraph.isComposedHere,
  });
}

/**
 * The server behind POST and GET /graphql, and behind queries over a websocket. Sandbox is a page of it in development
 * alone.
 */
export function createApolloServer(
  gateway: CompiledGateway,
  development: boolean,
  showError: typeof publicError,
  durations: OperationDurations,
  { logger }: Telemetry,
): ApolloServer<GatewayContext> {
  return new ApolloServer<GatewayContext>({
    gateway,
    documentStore: documentStore(),
    validationOptions: fewErrors,
    introspection: development,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError: showError,
    logger: quieted(logger),
    plugins: [
      development
        ? ApolloServerPluginLandingPageLocalDefault({ embed: { runTelemetry: false }, footer: false })
        : ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      ourWays,
      operationMetrics(durations),
      operationTracing,
    ],
  });
}

/** What differs from the library's ways: one clear error for a mistake, and nothing of the inside. */
const ourWays: ApolloServerPlugin<GatewayContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operation }) {
        if (operation) return;
        const message = 'there is no operation of that name, or several and no name';
        throw new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });
      },
      async willSendResponse({ response: { body } }) {
        // The executor's notes on nulls (an entity that is gone, say) speak of the subgraphs' inner workings.
        if (body.kind === 'single') delete body.singleResult.extensions;
      },
    };
  },
};

/** Apollo's logger is told of much that is no news here: its `info` becomes our `debug`. */
function quieted(logger: Logger) {
  return {
    debug: (message?: unknown) => logger.trace({ apollo: message }),
    info: (message?: unknown) => logger.debug({ apollo: message }),
    warn: (message?: unknown) => logger.warn({ apollo: message }),
    error: (message?: unknown) => logger.error({ apollo: message }),
  };
}
