import { readAuthConfig } from '@shop/auth/config';
import { readCartConfig } from '@shop/cart/config';
import { readGatewayConfig } from '@shop/gateway/config';
import { readLoggerConfig } from '@shop/logger/config';
import { readMailerConfig } from '@shop/mailer/config';
import { readOrdersConfig } from '@shop/orders/config';
import { readPaymentsConfig } from '@shop/payments/config';
import { readProductsConfig } from '@shop/products/config';
import { ConfigError, type Environment } from '@shop/shared/config/read-config';
import type { ProcessName } from '@shop/system/ports';

const readers: Readonly<Record<ProcessName, (environment: Environment) => unknown>> = {
  auth: readAuthConfig,
  cart: readCartConfig,
  gateway: readGatewayConfig,
  logger: readLoggerConfig,
  mailer: readMailerConfig,
  orders: readOrdersConfig,
  payments: readPaymentsConfig,
  products: readProductsConfig,
};

/** What a service itself says of such an environment: its mistakes, none when it would start. */
export function readConfigOf(name: ProcessName, environment: Environment): readonly string[] {
  try {
    readers[name](environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
}
