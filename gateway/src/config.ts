import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { PublishedIdentity } from '@shop/shared/auth/token-verifier';
import { gatewayPort, serviceNames } from '@shop/shared/backing/roster';
import {
  type Environment,
  identityVariables,
  readConfig,
  variables,
  withEndsInProduction,
} from '@shop/shared/config/read-config';
import { isProxyList } from '@shop/shared/http/trusted-proxy';
import type { DocumentLimits } from './limits.js';

/** Everything that the gateway is told from outside. */
export interface GatewayConfig {
  readonly host: string;
  readonly port: number;
  readonly development: boolean;
  /** A composed file, or the recipe to compose one from. */
  readonly supergraph: { readonly composedFile: string } | { readonly recipeFile: string };
  /** Where a subgraph is, when not where the supergraph says: name to origin. */
  readonly subgraphOrigins: ReadonlyMap<string, string>;
  /** How tokens are verified. Null: they are passed on as they are, for the subgraphs to judge. */
  readonly tokens: PublishedIdentity | null;
  readonly corsOrigins: readonly string[];
  readonly subgraphTimeoutMs: number;
  /** Addresses and subnets of what stands in front of this gateway, by commas: it is believed where a request came from. */
  readonly trustedProxies: string;
  /** By which this gateway proves itself to the shop's services: of it, each shares its own part. */
  readonly gatewaySecret: string | undefined;
  /** Bytes. */
  readonly bodyLimit: number;
  /** Bytes of one answer of a subgraph's to the gateway. */
  readonly answerLimit: number;
  readonly documentLimits: DocumentLimits;
  /** Of one user, or of one address that nobody signs in from; 0: as many as they like. */
  readonly requestsPerMinute: number;
  readonly streamsPerConnection: number;
  readonly connectionsPerUser: number;
  /** How long a websocket may take to say hello. */
  readonly helloTimeoutMs: number;
  /** The list of the operations that alone may run. Null: any may. */
  readonly safelistFile: string | null;
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
  LOGGER_URL: origin,
  MAILER_URL: origin,
  CORS_ORIGINS: z
    .string()
    .transform((list) => list.split(',').map((entry) => entry.trim()))
    .pipe(z.array(z.union([z.literal('*'), z.url()])))
    .default([]),
  TRUSTED_PROXIES: z.string().default('').refine(isProxyList, 'addresses and subnets, by commas'),
  GATEWAY_SECRET: variables.secret.optional(),
  SUBGRAPH_TIMEOUT_MS: variables.count(10_000, 1, 600_000),
  BODY_LIMIT: variables.count(100 * KILOBYTE, KILOBYTE, 100 * KILOBYTE * KILOBYTE),
  ANSWER_LIMIT: variables.count(10 * KILOBYTE * KILOBYTE, KILOBYTE, 1_000 * KILOBYTE * KILOBYTE),
  MAX_TOKENS: variables.count(2_000, 1, 20_000),
  MAX_NAME_LENGTH: variables.count(100, 1, 10_000),
  MAX_DEPTH: variables.count(20, 1, 100),
  MAX_FIELDS: variables.count(500, 1, 10_000),
  MAX_ALIASES: variables.count(100),
  MAX_DIRECTIVES: variables.count(50),
  MAX_COST: variables.count(10_000),
  MAX_LIST_ITEMS: variables.count(1_000),
  RATE_LIMIT_PER_MINUTE: variables.optionalCount(),
  MAX_STREAMS_PER_CONNECTION: variables.count(50, 1),
  MAX_CONNECTIONS_PER_USER: variables.count(10, 1),
  HELLO_TIMEOUT_MS: variables.count(3_000, 1, 600_000),
  PERSISTED_OPERATIONS: z.enum(['automatic', 'only']).default('automatic'),
  PERSISTED_OPERATIONS_FILE: z.string().optional(),
  SHUTDOWN_S: variables.count(10, 1, 300),
});

/** So that nobody who measures a shop of their own is surprised, only production has a limit by itself. */
const REQUESTS_IN_PRODUCTION = 600;

const complete = schema.refine(
  ({ PERSISTED_OPERATIONS, PERSISTED_OPERATIONS_FILE }) => PERSISTED_OPERATIONS !== 'only' || PERSISTED_OPERATIONS_FILE,
  { path: ['PERSISTED_OPERATIONS_FILE'], error: 'is required where PERSISTED_OPERATIONS=only' },
);

/** Reads the gateway's configuration. Throws `ConfigError` with every mistake at once. */
export function readGatewayConfig(environment: Environment): GatewayConfig {
  const read = readConfig(environment, withEndsInProduction(complete));
  const development = read.NODE_ENV !== 'production';
  return Object.freeze({
    host: read.HOST,
    port: read.PORT,
    development,
    supergraph: read.SUPERGRAPH_SDL
      ? { composedFile: fileFrom(read.SUPERGRAPH_SDL, environment) }
      : { recipeFile: fileFrom(read.SUPERGRAPH_CONFIG, environment) },
    subgraphOrigins: originsIn(read),
    tokens: read.AUTH_JWKS_URL
      ? {
          jwksUrl: read.AUTH_JWKS_URL,
          sessionsUrl: read.AUTH_SESSIONS_URL,
          issuer: read.JWT_ISSUER,
          audience: read.JWT_AUDIENCE,
        }
      : null,
    corsOrigins: development ? [...read.CORS_ORIGINS, STUDIO] : read.CORS_ORIGINS,
    subgraphTimeoutMs: read.SUBGRAPH_TIMEOUT_MS,
    trustedProxies: read.TRUSTED_PROXIES,
    gatewaySecret: read.GATEWAY_SECRET,
    bodyLimit: read.BODY_LIMIT,
    answerLimit: read.ANSWER_LIMIT,
    documentLimits: {
      tokens: read.MAX_TOKENS,
      nameLength: read.MAX_NAME_LENGTH,
      depth: read.MAX_DEPTH,
      fields: read.MAX_FIELDS,
      aliases: read.MAX_ALIASES,
      directives: read.MAX_DIRECTIVES,
      cost: read.MAX_COST,
      listItems: read.MAX_LIST_ITEMS,
      introspection: development,
    },
    requestsPerMinute: read.RATE_LIMIT_PER_MINUTE ?? (development ? 0 : REQUESTS_IN_PRODUCTION),
    streamsPerConnection: read.MAX_STREAMS_PER_CONNECTION,
    connectionsPerUser: read.MAX_CONNECTIONS_PER_USER,
    helloTimeoutMs: read.HELLO_TIMEOUT_MS,
    safelistFile: safelistIn(read, environment),
    shutdownMs: read.SHUTDOWN_S * 1_000,
  });
}

/**
 * A relative path is one from the folder in which the command was run, which npm leaves for the repository's and tells in
 * INIT_CWD; or, where there is no such file, from the repository, as those are that stand in its .env.
 */
function fileFrom(file: string, { INIT_CWD: folder = '.' }: Environment): string {
  const fromThere = path.resolve(folder, file);
  return [fromThere, path.resolve(repositoryRoot, file)].find((candidate) => existsSync(candidate)) ?? fromThere;
}

function safelistIn(read: z.output<typeof schema>, environment: Environment): string | null {
  const { PERSISTED_OPERATIONS: which, PERSISTED_OPERATIONS_FILE: file } = read;
  return which === 'only' && file !== undefined ? fileFrom(file, environment) : null;
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
