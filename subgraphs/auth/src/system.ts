import { TokenVerifier } from '@shop/shared/auth/token-verifier';
import { createFooting } from '@shop/shared/backing/create-backing';
import type { Footing } from '@shop/shared/backing/ports';
import type { Environment } from '@shop/shared/config/read-config';
import { graphqlDoor } from '@shop/shared/graphql/graphql-door';
import { openApi } from '@shop/shared/http/openapi';
import { type Door, WebServer } from '@shop/shared/http/web-server';
import { component, System } from '@shop/shared/lifecycle/system';
import { readAuthConfig } from './config.js';
import { createLoaders } from './graphql/loaders.js';
import { buildAuthSubgraph } from './graphql/schema.js';
import { openDatabase } from './persistence/open-database.js';
import { authRoutes } from './rest/auth.routes.js';
import { endedSessionsRoutes } from './rest/ended-sessions.routes.js';
import { jwksRoutes } from './rest/jwks.routes.js';
import { seedAdmin } from './seed.js';
import { AccessTokens } from './tokens/access-tokens.js';
import { readSigningKeys } from './tokens/signing-keys.js';
import { createAccountUseCases } from './use-cases/account-use-cases.js';

/** The auth service. It needs its database alone: it neither publishes nor consumes events. */
export function createSystem(
  environment: Environment,
  { telemetry, rateLimits }: Footing = createFooting(environment, 'auth'),
): System {
  const config = readAuthConfig(environment);
  const keys = readSigningKeys(config.JWT_PRIVATE_KEY, config.JWT_PREVIOUS_PUBLIC_KEYS);
  const names = { issuer: config.JWT_ISSUER, audience: config.JWT_AUDIENCE };
  const database = openDatabase(config, telemetry);
  const accounts = createAccountUseCases({
    database,
    telemetry,
    accessTokens: new AccessTokens({ keys, ...names, lifetimeSeconds: config.ACCESS_TOKEN_TTL }),
    refreshLifetimeSeconds: config.REFRESH_TOKEN_TTL,
    rateLimits,
    loginRateLimit: config.LOGIN_RATE_LIMIT,
  });
  const verifier = new TokenVerifier({
    ...names,
    keys: { find: (kid) => keys.publicKeys.get(kid) },
    hasEnded: (sessionId) => accounts.sessions.isOver(sessionId),
  });
  const graphql: Door = async (app, access) => {
    const { schema } = await buildAuthSubgraph(accounts);
    await graphqlDoor({ schema, verifier, telemetry, loaders: () => createLoaders(accounts.users) })(app, access);
  };
  const web = new WebServer({
    host: config.HOST,
    port: config.PORT,
    telemetry,
    access: config,
    readiness: async () => ({ database: await database.isReachable() }),
    doors: [
      openApi({
        title: 'Auth',
        description: 'Accounts, sessions and the tokens that every service knows its caller by.',
      }),
      jwksRoutes(keys),
      endedSessionsRoutes(accounts.tellEndedSessions),
      authRoutes(accounts, verifier),
      graphql,
    ],
  });
  const seeding = component(
    'seed',
    () => seedAdmin(database, config),
    async () => undefined,
  );
  return new System('auth', [telemetry, database, rateLimits, seeding, web]);
}
