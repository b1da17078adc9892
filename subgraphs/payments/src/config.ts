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
  /** The simulated provider declines any charge above this, in minor units. */
  PAYMENT_DECLINE_ABOVE: variables.count(10_000_000),
  /** The simulated provider takes so long over each charge. */
  PAYMENT_LATENCY_MS: variables.count(0, 0, 600_000),
  /** The outcome of a call to the provider that takes longer is unknown. */
  PAYMENT_TIMEOUT_MS: variables.count(15_000, 1, 600_000),
  /** What is left unsettled for so long is taken up again. */
  PAYMENT_RETRY_S: variables.count(30, 1, 3_600),
});

export type Config = Readonly<z.output<typeof schema>>;

/** The payments service's settings. Throws `ConfigError` with every mistake. */
export const readPaymentsConfig = (environment: Environment): Config => readServiceConfig(environment, schema);
