import { z } from 'zod';
import { InProcess } from './in-process.js';
import type { Backing } from './ports.js';
import type { ServiceName } from './roster.js';
import { ConfigError, type Environment, readConfig, variables } from '../config/read-config.js';
import { EmbeddedBus } from '../messaging/embedded-bus.js';
import type { Bus } from '../messaging/bus.js';
import { ObservedBus } from '../messaging/observed-bus.js';
import { RascalBus } from '../messaging/rascal-bus.js';
import { RedisPubSub } from '../redis/redis-pubsub.js';
import { RedisVersionedCache } from '../redis/redis-versioned-cache.js';
import { createTelemetry, type Telemetry } from '../telemetry/telemetry.js';

const schema = z.object({
  RABBITMQ_URL: variables.optionalUrl,
  BUS_DATABASE_URL: variables.optionalUrl,
  REDIS_URL: variables.optionalUrl,
  REDIS_NAMESPACE: z.string().default(''),
});

/**
 * What stands behind a service, as its environment says: RabbitMQ, or else the bus on PostgreSQL; Redis, or else what the
 * services of this process share. Throws `ConfigError` when there is no bus to choose.
 */
export function createBacking(
  environment: Environment,
  service: ServiceName,
  inProcess: InProcess = new InProcess(),
): Backing {
  const config = readConfig(environment, schema);
  const { pubsub, cache, logs } = inProcess;
  const telemetry = createTelemetry(environment, service, logs);
  const bus = new ObservedBus(createBus(config, service, telemetry), telemetry);
  if (!config.REDIS_URL) return { telemetry, bus, pubsub, cache, logs };
  const redis = { url: config.REDIS_URL, namespace: config.REDIS_NAMESPACE, telemetry };
  return { telemetry, bus, pubsub: new RedisPubSub(redis), cache: new RedisVersionedCache(redis), logs };
}

function createBus(config: z.output<typeof schema>, service: ServiceName, { logger }: Telemetry): Bus {
  const { RABBITMQ_URL: url, BUS_DATABASE_URL: connectionString } = config;
  if (url) return new RascalBus({ url, service, logger });
  if (connectionString) return new EmbeddedBus({ connectionString, service, logger });
  throw new ConfigError(['There is no message bus: give RABBITMQ_URL, or BUS_DATABASE_URL for the embedded one.']);
}
