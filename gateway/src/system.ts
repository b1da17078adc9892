import { createFooting } from '@shop/shared/backing/create-backing';
import type { Footing } from '@shop/shared/backing/ports';
import type { ServiceName } from '@shop/shared/backing/roster';
import type { Environment } from '@shop/shared/config/read-config';
import { OperationDurations } from '@shop/shared/graphql/operation-metrics';
import { startMistake, StartError } from '@shop/shared/lifecycle/start-error';
import { component, System } from '@shop/shared/lifecycle/system';
import { Admission } from './admission.js';
import { createApolloGateway, createApolloServer } from './apollo.js';
import { type GatewayConfig, readGatewayConfig } from './config.js';
import { docsRoute } from './docs-route.js';
import { CompiledGateway } from './execution/compiled-gateway.js';
import { CompiledOperations } from './execution/compiled-operations.js';
import { proofWith } from './gateway-proof.js';
import { graphqlRoutes } from './graphql-routes.js';
import { CurrentSupergraph } from './current-supergraph.js';
import { HttpServer } from './http-server.js';
import { Identities } from './identity.js';
import { KnownOperations } from './known-operations.js';
import { Limits } from './limits.js';
import { OpenConnections } from './open-connections.js';
import { AutomaticOperations } from './persisted/automatic-operations.js';
import { OperationTexts } from './persisted/operation-texts.js';
import { SafelistedOperations } from './persisted/safelisted-operations.js';
import { publicError, publicErrorWithoutHints } from './public-errors.js';
import { Readiness } from './readiness.js';
import { RequestRate, USERS_BEHIND_AN_ADDRESS } from './request-rate.js';
import { restFacade } from './rest-facade.js';
import { Subgraphs } from './subgraphs.js';
import { Operations } from './subscriptions/operations.js';
import { SubscriptionPlanner } from './subscriptions/subscription-plan.js';
import { SharedFeeds } from './subscriptions/shared-feeds.js';
import { UpstreamPool } from './subscriptions/upstream-pool.js';
import { WebsocketDoor } from './subscriptions/ws.js';
import { SupergraphSource } from './supergraph.js';
import { swaggerRoute } from './swagger-route.js';

/** The gateway, from its environment. Throws `ConfigError`. */
export function createSystem(
  environment: Environment,
  footing: Footing = createFooting(environment, 'gateway'),
): System {
  return wire(readGatewayConfig(environment), footing).system;
}

/** The parts that tests look into, beside the whole. */
export interface Gateway {
  readonly system: System;
  readonly http: HttpServer;
  readonly operations: Operations;
}

/** What runs, wired in one place: started from the first to the last, stopped from the last to the first. */
export function wire(config: GatewayConfig, { telemetry, rateLimits, redis }: Footing): Gateway {
  const { logger } = telemetry;
  const identities = new Identities(config.tokens, logger);
  const proof = proofWith(config.gatewaySecret);
  const subgraphs = new Subgraphs(config, proof, telemetry);
  const loader = createApolloGateway(new SupergraphSource(config.supergraph, logger), subgraphs, telemetry);
  const supergraph = new CurrentSupergraph(loader);
  const compiled = new CompiledOperations(supergraph, telemetry.metrics);
  const gateway = new CompiledGateway(loader, supergraph, compiled, subgraphs);
  const planner = new SubscriptionPlanner(supergraph, subgraphs);
  const showError = config.development ? publicError : publicErrorWithoutHints;
  const durations = new OperationDurations(telemetry.metrics);
  const server = createApolloServer(gateway, config.development, showError, durations, telemetry);
  const known = new KnownOperations(compiled, subgraphs, durations, config.tokens !== null);
  const upstream = new UpstreamPool(config.tokens === null, proof);
  const persisted = config.safelistFile
    ? new SafelistedOperations(config.safelistFile, logger)
    : new AutomaticOperations(new OperationTexts(redis));
  const limits = new Limits(config.documentLimits, () => supergraph.loaded.schema);
  const most = config.requestsPerMinute;
  const clients = rateLimits.perMinuteSettled('requests', most);
  const addresses = rateLimits.perMinuteSettled('requests-address', most * USERS_BEHIND_AN_ADDRESS);
  const rate = new RequestRate({ clients, addresses }, identities);
  const admission = new Admission(persisted, limits, rate);
  const feeds = new SharedFeeds(upstream, telemetry);
  const operations = new Operations(server, planner, feeds, admission, identities, showError, telemetry);
  const connections = new OpenConnections(config.connectionsPerUser);
  const readiness = new Readiness(supergraph, subgraphs);
  const websockets = new WebsocketDoor({ ...config, identities, rate, connections, operations, telemetry });
  const originOf = (service: ServiceName) => {
    const address = supergraph.isShop && supergraph.loaded.addresses.get(service);
    return address ? new URL(subgraphs.urlOf(address)).origin : null;
  };
  const routes = [
    graphqlRoutes({
      server,
      known,
      operations,
      admission,
      rate,
      connections,
      explorers: config.development,
      telemetry,
    }),
    docsRoute({ readiness, development: config.development, originOf }),
    swaggerRoute({ originOf, timeoutMs: config.subgraphTimeoutMs, rate }),
    restFacade({ originOf, proof, timeoutMs: config.subgraphTimeoutMs, bodyLimit: config.bodyLimit, rate, telemetry }),
  ];
  const http = new HttpServer({ config, telemetry, readiness, websockets, routes });
  const apollo = component(
    'supergraph',
    async () => {
      await server.start().catch(refuseSupergraph);
      if (supergraph.isShop && config.gatewaySecret === undefined)
        logger.warn(
          'there is no GATEWAY_SECRET, so services refuse this gateway, unless their SUBGRAPH_ACCESS is open',
        );
    },
    () => server.stop(),
  );
  const system = new System('gateway', [
    telemetry,
    rateLimits,
    identities,
    persisted,
    subgraphs,
    apollo,
    upstream,
    readiness,
    http,
    operations,
  ]);
  return { system, http, operations };
}

/** The server itself does not fail to start: what fails is the supergraph that it was given. */
function refuseSupergraph(error: unknown): never {
  if (startMistake(error) || !(error instanceof Error)) throw error;
  throw new StartError(`the supergraph can't be served: ${error.message}`, { cause: error });
}
