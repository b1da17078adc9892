import {
  deliveryVariables,
  identityVariables,
  readConfig,
  readServiceConfig,
  serviceVariables,
  variables,
  type Environment,
} from '@shop/shared/config/read-config';
import { z } from 'zod';

const schema = z.object({
  ...serviceVariables,
  ...deliveryVariables,
  ...identityVariables,
  CURRENCY: variables.currency,
  /** Who may write by REST: administrators, or, as the oldest clients need, anyone. */
  CATALOG_WRITES: z.enum(['admin', 'public']).default('admin'),
  /** Fill a catalogue that has never had a product. */
  SEED: z.enum(['true', 'false']).default('false'),
});

/** The settings of the products service. Throws `ConfigError`. */
export const readProductsConfig = (environment: Environment) => readServiceConfig(environment, schema);

const { DATABASE_URL, DATABASE_POOL } = serviceVariables;

/** What seeding alone needs. Throws `ConfigError`. */
export const readSeedConfig = (environment: Environment) =>
  readConfig(environment, z.object({ DATABASE_URL, DATABASE_POOL }));
