import { z } from 'zod';

/** The variables a process was started with. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A configuration that can't be used: every mistake at once, a line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly mistakes: readonly string[]) {
    super(["The configuration can't be used:", ...mistakes.map((mistake) => `  ${mistake}`)].join('\n'));
  }
}

/**
 * Parses an environment into one frozen, typed configuration. An empty variable counts as absent. Throws `ConfigError`
 * that names every variable at fault, never its value.
 */
export function readConfig<Shape extends z.ZodType>(
  environment: Environment,
  schema: Shape,
): Readonly<z.output<Shape>> {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.safeParse(present);
  if (result.success) return Object.freeze(result.data);
  throw new ConfigError(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
}

const number = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum);

/** The building blocks of every service's configuration. */
export const variables = {
  port: number(0, 65_535),
  host: z.string().default('127.0.0.1'),
  url: z.url(),
  optionalUrl: z.url().optional(),
  secret: z.string().min(16),
  /** A whole number of something, with a default. */
  count: (fallback: number, minimum = 0, maximum = Number.MAX_SAFE_INTEGER) =>
    number(minimum, maximum).default(fallback),
  /** The same without one: undefined where it is not given. */
  optionalCount: (minimum = 0, maximum = Number.MAX_SAFE_INTEGER) => number(minimum, maximum).optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'an ISO 4217 code, such as VND')
    .default('VND'),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  nodeEnv: z.enum(['development', 'test', 'production']).default('development'),
};

/** What every service reads. */
export const serviceVariables = {
  PORT: variables.port,
  HOST: variables.host,
  DATABASE_URL: variables.url,
  DATABASE_POOL: variables.count(10, 2, 200),
  LOG_LEVEL: variables.logLevel,
  NODE_ENV: variables.nodeEnv,
  SHUTDOWN_S: variables.count(10, 1, 300),
  /** Who may ask /graphql: the gateway alone, or, for development, anybody. */
  SUBGRAPH_ACCESS: z.enum(['gateway', 'open']).default('gateway'),
  /** By which the gateway proves itself to this service; no other service has the same. */
  GATEWAY_SECRET: variables.secret.optional(),
};

/** What a service's configuration has at least. */
type ServiceSettings = z.output<z.ZodObject<typeof serviceVariables>>;

/**
 * Reads the configuration of a service, which has all of `serviceVariables`. Throws `ConfigError`, also where only the gateway
 * may ask, and nothing says how it is known, and where production verifies tokens and is not told which sessions have ended.
 */
export function readServiceConfig<Shape extends z.ZodType<ServiceSettings>>(
  environment: Environment,
  schema: Shape,
): Readonly<z.output<Shape>> {
  const guarded = schema.refine(({ SUBGRAPH_ACCESS, GATEWAY_SECRET }) => SUBGRAPH_ACCESS === 'open' || GATEWAY_SECRET, {
    path: ['GATEWAY_SECRET'],
    error: 'is required, unless SUBGRAPH_ACCESS=open',
    // Beside other mistakes, but not where this one was told already.
    when: ({ issues }) =>
      !issues.some(({ path: [name] = [] }) => name === 'GATEWAY_SECRET' || name === 'SUBGRAPH_ACCESS'),
  });
  return readConfig(environment, withEndsInProduction(guarded));
}

interface IdentitySettings {
  readonly NODE_ENV: string;
  readonly AUTH_JWKS_URL?: string | undefined;
  readonly AUTH_SESSIONS_URL?: string | undefined;
}

/** The same, with it a mistake to verify tokens in production and not be told which sessions have ended. */
export function withEndsInProduction<Shape extends z.ZodType<IdentitySettings>>(schema: Shape): Shape {
  return schema.refine(
    ({ NODE_ENV, AUTH_JWKS_URL, AUTH_SESSIONS_URL }) =>
      NODE_ENV !== 'production' || AUTH_JWKS_URL === undefined || AUTH_SESSIONS_URL !== undefined,
    {
      path: ['AUTH_SESSIONS_URL'],
      error: 'production needs it: without it tokens of sessions that have ended count until they expire',
      when: ({ issues }) => !issues.some(({ path: [name] = [] }) => name === 'AUTH_SESSIONS_URL'),
    },
  );
}

/** What a service reads that verifies tokens. */
export const identityVariables = {
  AUTH_JWKS_URL: variables.url,
  /** Where auth tells which sessions have ended; without it, only in development, a token is good until it expires. */
  AUTH_SESSIONS_URL: variables.optionalUrl,
  JWT_ISSUER: z.string().default('shop'),
  JWT_AUDIENCE: z.string().default('shop'),
};

/** What a service reads that publishes or consumes events. */
export const deliveryVariables = {
  /** How long published outbox rows and inbox rows are kept. */
  RETENTION_DAYS: variables.count(7, 1, 3_650),
};
