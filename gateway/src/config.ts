import path from 'node:path';
import { z } from 'zod';
import { gatewayPort, serviceNames } from '@shop/shared/backing/roster';
import { type Environment, identityVariables, readConfig, variables } from '@shop/shared/config/read-config';

/** Everything that the gateway is told from outside. */
export interface GatewayConfig {
  readonly host: string;
  readonly port: number;
  readonly logLevel: string;
  readonly development: boolean;
  /** A composed file, or the recipe to compose one from. */
  readonly supergraph: { readonly composedFile: string } | { readonly recipeFile: string };
  /** Where a subgraph is, when not where the supergraph says: name to origin. */
  readonly subgraphOrigins: ReadonlyMap<string, string>;
  /** How tokens are verified. Null: they are passed on as they are, for the subgraphs to judge. */
  readonly tokens: { readonly jwksUrl: string; readonly issuer: string; readonly audience: string } | null;
  readonly corsOrigins: readonly string[];
  readonly subgraphTimeoutMs: number;
  /** Bytes. */
  readonly bodyLimit: number;
  readonly shutdownMs: number;
}

const STUDIO = 'https://studio.apollographql.com';
const KILOBYTE = 1024;

/** Two folders up from `src` and from `dist` alike. */
export const repositoryRoot = path.resolve(import.meta.dirname, '../..');

const origin = z
  .url()
  .transform((url) => new URL(url).origin)
  .optional();

const schema = z.object({
  PORT: variables.port.default(gatewayPort),
  HOST: variables.host,
  LOG_LEVEL: variables.logLevel,
  NODE_ENV: variables.nodeEnv,
  SUPERGRAPH_SDL: z.string().optional(),
  SUPERGRAPH_CONFIG: z.string().default(path.join(repositoryRoot, 'supergraph.yaml')),
  ...identityVariables,
  AUTH_JWKS_URL: variables.optionalUrl,
  AUTH_URL: origin,
  PRODUCTS_URL: origin,
  CART_URL: origin,
  ORDERS_URL: origin,
  PAYMENTS_URL: origin,
  CORS_ORIGINS: z
    .string()
    .transform((list) => list.split(',').map((entry) => entry.trim()))
    .pipe(z.array(z.union([z.literal('*'), z.url()])))
    .default([]),
  SUBGRAPH_TIMEOUT_MS: variables.count(10_000, 1, 600_000),
  BODY_LIMIT: variables.count(100 * KILOBYTE, KILOBYTE, 100 * KILOBYTE * KILOBYTE),
  SHUTDOWN_S: variables.count(10, 1, 300),
});

/** Reads the gateway's configuration. Throws `ConfigError` with every mistake at once. */
export function readGatewayConfig(environment: Environment): GatewayConfig {
  const read = readConfig(environment, schema);
  const development = read.NODE_ENV !== 'production';
  return Object.freeze({
    host: read.HOST,
    port: read.PORT,
    logLevel: read.LOG_LEVEL,
    development,
    supergraph: read.SUPERGRAPH_SDL ? { composedFile: read.SUPERGRAPH_SDL } : { recipeFile: read.SUPERGRAPH_CONFIG },
    subgraphOrigins: originsIn(read),
    tokens: read.AUTH_JWKS_URL
      ? { jwksUrl: read.AUTH_JWKS_URL, issuer: read.JWT_ISSUER, audience: read.JWT_AUDIENCE }
      : null,
    corsOrigins: development ? [...read.CORS_ORIGINS, STUDIO] : read.CORS_ORIGINS,
    subgraphTimeoutMs: read.SUBGRAPH_TIMEOUT_MS,
    bodyLimit: read.BODY_LIMIT,
    shutdownMs: read.SHUTDOWN_S * 1_000,
  });
}

function originsIn(read: z.output<typeof schema>): ReadonlyMap<string, string> {
  const origins = new Map<string, string>();
  for (const name of serviceNames) {
    const url = read[`${name.toUpperCase() as Uppercase<typeof name>}_URL`];
    if (url) origins.set(name, url);
  }
  return origins;
}

/** @apollo/gateway sends usage figures to its maker unless the environment says no; it has no option for that. */
export function refuseApolloTelemetry(): void {
  process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
}
