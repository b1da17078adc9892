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
  CART_URL: variables.url,
  /** How long cart may take to answer a checkout, in milliseconds. */
  CART_TIMEOUT_MS: variables.count(5_000, 10, 60_000),
  /** By which orders proves itself to cart; shared with cart alone. */
  ORDERS_IDENTITY_SECRET: variables.secret,
  CURRENCY: variables.currency,
  /** How long an order waits for its answers, and a checkout for its end. */
  ORDER_TIMEOUT_S: variables.count(60, 1),
  /** How often the sweeper looks for what has waited too long. */
  SWEEP_INTERVAL_MS: variables.count(1_000, 10),
});

export type Config = Readonly<z.output<typeof schema>>;

/** This service's settings. Throws `ConfigError` with every mistake at once. */
export const readOrdersConfig = (environment: Environment): Config => readServiceConfig(environment, schema);
