import { z } from 'zod';
import {
  deliveryVariables,
  type Environment,
  identityVariables,
  readServiceConfig,
  serviceVariables,
  variables,
} from '@shop/shared/config/read-config';

const schema = z.object({
  ...serviceVariables,
  ...deliveryVariables,
  ...identityVariables,
  /** The products service's origin, asked for a product that no event has told of yet. */
  PRODUCTS_URL: variables.url,
  /** Shared with orders alone, which proves itself by it at checkout. */
  ORDERS_IDENTITY_SECRET: variables.secret,
  CURRENCY: variables.currency,
});

export type Config = Readonly<z.output<typeof schema>>;

/** The cart service's settings. Throws `ConfigError` with every mistake. */
export const readCartConfig = (environment: Environment): Config => readServiceConfig(environment, schema);
