import type { TokenVerifier } from '@shop/shared/auth/token-verifier';
import { graphqlDoor } from '@shop/shared/graphql/graphql-door';
import { openApi } from '@shop/shared/http/openapi';
import { type Door, WebServer } from '@shop/shared/http/web-server';
import type { Database } from '@shop/shared/persistence/database';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import type { Config } from './config.js';
import { createLoaders } from './graphql/loaders.js';
import { ordersSubgraph, type SubgraphParts } from './graphql/subgraph.js';
import { ordersRoutes } from './rest/orders.routes.js';

interface OrdersServerOptions extends SubgraphParts {
  readonly config: Config;
  readonly telemetry: Telemetry;
  readonly database: Database;
  readonly verifier: TokenVerifier;
}

/** The doors of orders, on one HTTP server. Its own work needs the database alone: broker, Redis and cart may be away. */
export function ordersServer({ config, telemetry, database, verifier, ...parts }: OrdersServerOptions): WebServer {
  const graphql: Door = async (app, access) => {
    const { schema } = await ordersSubgraph(parts);
    await graphqlDoor({ schema, verifier, loaders: () => createLoaders(parts.reader), telemetry })(app, access);
  };
  return new WebServer({
    host: config.HOST,
    port: config.PORT,
    telemetry,
    access: config,
    readiness: async () => ({ database: await database.isReachable() }),
    doors: [
      openApi({
        title: 'Orders',
        description: 'Places orders and follows them until they are delivered or cancelled.',
      }),
      ordersRoutes({ ...parts, verifier }),
      graphql,
    ],
  });
}
