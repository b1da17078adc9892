import {
  identityVariables,
  readConfig,
  readServiceConfig,
  serviceVariables,
  variables,
  type Environment,
} from '@shop/shared/config/read-config';
import { z } from 'zod';

const { JWT_ISSUER, JWT_AUDIENCE } = identityVariables;
const seedVariables = { ADMIN_EMAIL: z.email().optional(), ADMIN_PASSWORD: z.string().min(8).max(128).optional() };

const schema = z.object({
  ...serviceVariables,
  ...seedVariables,
  JWT_ISSUER,
  JWT_AUDIENCE,
  /** The RSA key that signs tokens: PEM, with line breaks or literal `\n`. */
  JWT_PRIVATE_KEY: z.string().includes('PRIVATE KEY', { error: 'an RSA private key in PEM' }),
  /** Further public keys whose tokens are good, of before or to come: PEM, one after the other. */
  JWT_PREVIOUS_PUBLIC_KEYS: z.string().optional(),
  ACCESS_TOKEN_TTL: variables.count(3_600, 1),
  REFRESH_TOKEN_TTL: variables.count(30 * 86_400, 1),
  /** Tries a minute, from one address and at one account; 0 is no limit. */
  LOGIN_RATE_LIMIT: variables.count(10),
});

/** The settings of the auth service. Throws `ConfigError`. */
export const readAuthConfig = (environment: Environment) => readServiceConfig(environment, schema);
export type AuthConfig = ReturnType<typeof readAuthConfig>;

const { DATABASE_URL, DATABASE_POOL } = serviceVariables;

/** What seeding alone needs. Throws `ConfigError`. */
export const readSeedConfig = (environment: Environment) =>
  readConfig(environment, z.object({ DATABASE_URL, DATABASE_POOL, ...seedVariables }));
