import { z } from 'zod';
import { InProcess } from './in-process.js';
import type { Backing, Footing } from './ports.js';
import type { ServiceName } from './roster.js';
import { ConfigError, type Environment, readConfig, variables } from '../config/read-config.js';
import { EmbeddedBus } from '../messaging/embedded-bus.js';
import type { Bus } from '../messaging/bus.js';
import { ObservedBus } from '../messaging/observed-bus.js';
import { RascalBus } from '../messaging/rascal-bus.js';
import { RateLimits } from '../rate-limits/rate-limits.js';
import type { RedisAdapterOptions } from '../redis/connect.js';
import { RedisPubSub } from '../redis/redis-pubsub.js';
import { RedisVersionedCache } from '../redis/redis-versioned-cache.js';
import { createTelemetry, type Telemetry } from '../telemetry/telemetry.js';

const redisVariables = {
  REDIS_URL: variables.optionalUrl,
  REDIS_NAMESPACE: z.string().default(''),
};
const redisSchema = z.object(redisVariables);

const schema = z.object({
  RABBITMQ_URL: variables.optionalUrl,
  BUS_DATABASE_URL: variables.optionalUrl,
  ...redisVariables,
});

/** What stands behind a process that neither publishes nor consumes events, as its environment says. Throws `ConfigError`. */
export function createFooting(
  environment: Environment,
  process: string,
  inProcess: InProcess = new InProcess(),
): Footing {
  const config = readConfig(environment, redisSchema);
  const telemetry = createTelemetry(environment, process, inProcess.logs);
  const redis = redisOf(config, telemetry);
  return { telemetry, rateLimits: new RateLimits(redis), redis };
}

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
  const footing = createFooting(environment, service, inProcess);
  const { telemetry, redis } = footing;
  const bus = new ObservedBus(createBus(config, service, telemetry), telemetry);
  if (!redis) return { ...footing, bus, pubsub, cache, logs };
  return { ...footing, bus, pubsub: new RedisPubSub(redis), cache: new RedisVersionedCache(redis), logs };
}

function redisOf(
  { REDIS_URL: url, REDIS_NAMESPACE: namespace }: z.output<typeof redisSchema>,
  telemetry: Telemetry,
): RedisAdapterOptions | undefined {
  return url === undefined ? undefined : { url, namespace, telemetry };
}

function createBus(config: z.output<typeof schema>, service: ServiceName, { logger }: Telemetry): Bus {
  const { RABBITMQ_URL: url, BUS_DATABASE_URL: connectionString } = config;
  if (url) return new RascalBus({ url, service, logger });
  if (connectionString) return new EmbeddedBus({ connectionString, service, logger });
  throw new ConfigError(['There is no message bus: give RABBITMQ_URL, or BUS_DATABASE_URL for the embedded one.']);
}
