import { Redis, type RedisOptions } from 'ioredis';
import { traceCommands } from './trace-commands.js';
import type { Telemetry } from '../telemetry/telemetry.js';

export interface RedisAdapterOptions {
  readonly url: string;
  /** In front of every key and channel, so that several systems can share a server. */
  readonly namespace?: string;
  readonly telemetry: Pick<Telemetry, 'logger' | 'tracing'>;
}

const MAX_BACKOFF_MS = 2_000;

/** A connection that is not open yet, reconnects by itself without end, and reports its troubles once each time they begin. */
export function connectRedis({ url, telemetry }: RedisAdapterOptions, name: string, options: RedisOptions): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    noDelay: true,
    keepAlive: 10_000,
    connectTimeout: 2_000,
    // ioredis waits so long for the end of a connection, even of one that has never been open.
    disconnectTimeout: 500,
    retryStrategy: (attempt) => Math.min(MAX_BACKOFF_MS, 50 * attempt),
    ...options,
  });
  traceCommands(redis, telemetry);
  const { logger } = telemetry;
  let away = false;
  redis.on('error', (error) => {
    if (!away) logger.warn({ err: error }, `${name}: Redis is away`);
    away = true;
  });
  redis.on('ready', () => {
    if (away) logger.info(`${name}: Redis is back`);
    away = false;
  });
  return redis;
}

/** Begins to connect, and waits for the first attempt alone: a server that is away is no reason not to start. */
export async function tryToConnect(redis: Redis): Promise<void> {
  await redis.connect().catch(() => undefined);
}
