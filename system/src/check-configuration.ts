import { z } from 'zod';
import { ConfigError, readConfig, variables } from '@shop/shared/config/read-config';
import { readAuthConfig } from '@shop/auth/config';
import { readCartConfig } from '@shop/cart/config';
import { readGatewayConfig } from '@shop/gateway/config';
import { readLoggerConfig } from '@shop/logger/config';
import { readMailerConfig } from '@shop/mailer/config';
import { readOrdersConfig } from '@shop/orders/config';
import { readPaymentsConfig } from '@shop/payments/config';
import { readProductsConfig } from '@shop/products/config';
import { givenServer } from './database-server.js';
import { databaseNames } from './databases.js';
import { environments, type Environment } from './environment.js';
import { planPorts, processNames, type ProcessName } from './ports.js';
import { processCountOf } from './process-count.js';
import type { Secrets } from './secrets.js';
import { rabbitUrl, redisUrl } from './servers/server-url.js';

/** How each process reads its configuration; throws ConfigError. */
export const readers: Readonly<Record<ProcessName, (environment: Environment) => unknown>> = {
  auth: readAuthConfig,
  cart: readCartConfig,
  gateway: readGatewayConfig,
  logger: readLoggerConfig,
  mailer: readMailerConfig,
  orders: readOrdersConfig,
  payments: readPaymentsConfig,
  products: readProductsConfig,
};

const embeddedBus = z.object({ BUS_DATABASE_URL: variables.optionalUrl });

/**
 * Reads what every process will read, before anything is started for them.
 * @throws ConfigError with the mistakes of all of them and of the launcher's own settings, one for each variable
 */
export function checkConfiguration(outer: Environment, secrets: Secrets): void {
  const { RABBITMQ_URL: rabbit, REDIS_URL: redis } = outer;
  const own = [
    () => planPorts(outer),
    () => databaseNames(outer),
    () => givenServer(outer),
    () => rabbit && rabbitUrl('RABBITMQ_URL', rabbit),
    () => redis && redisUrl('REDIS_URL', redis),
    () => readConfig(outer, embeddedBus),
    () => processCountOf(outer),
  ];
  // Ports and databases have been checked above; the services get good ones, so that each mistake is told once.
  const each = environments({
    outer: { ...outer, DATABASE_PREFIX: '' },
    ports: planPorts({}),
    secrets,
    serverUrl: 'postgres://127.0.0.1',
  });
  const services = processNames.map((name) => () => readers[name](each[name]));
  const mistakes = new Map([...own, ...services].flatMap(mistakesIn).map((mistake) => [subjectOf(mistake), mistake]));
  if (mistakes.size > 0) throw new ConfigError([...mistakes.values()]);
}

function mistakesIn(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** The variable that a mistake is about: it stands in front. */
function subjectOf(mistake: string): string {
  return /^[A-Z_]+/.exec(mistake)?.[0] ?? mistake;
}
