import type { Redis } from 'ioredis';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import type { Component } from '../lifecycle/system.js';
import { connectRedis, type RedisAdapterOptions, tryToConnect } from '../redis/connect.js';
import { consume } from './consume.js';
import { SettledLimit } from './settled-limit.js';

/** How often something may be done in a minute that begins with the first time, by key: an address, a user, an account. */
export interface RateLimit {
  /** False when there is no limit: nothing is counted. */
  readonly counts: boolean;
  /** Counts one more, or some; how many milliseconds its key must wait, 0 when it may go on. Never rejects. */
  take(key: string, count?: number): Promise<number>;
  /** Forgets what a key has done. Never rejects. */
  forget(key: string): Promise<void>;
}

const MINUTE_S = 60;

/** No limit at all. */
const unlimited: RateLimit = { counts: false, take: async () => 0, forget: async () => undefined };

/**
 * The rate limits of one process. They are counted in Redis, for all processes together, and go on in the memory of this
 * one alone, from zero, while Redis is away; without Redis they are always counted here.
 */
export class RateLimits implements Component {
  readonly name = 'rate limits';
  private readonly redis: Redis | undefined;
  private readonly prefix: string;

  constructor(redis?: RedisAdapterOptions) {
    this.prefix = `${redis?.namespace ?? ''}rate:`;
    // Whoever is counted waits for the answer, so a silent Redis must not take long to be given up.
    this.redis =
      redis &&
      connectRedis(redis, this.name, {
        enableOfflineQueue: false,
        enableAutoPipelining: true,
        commandTimeout: 1_000,
        maxRetriesPerRequest: 0,
      });
  }

  async start(): Promise<void> {
    if (this.redis) await tryToConnect(this.redis);
  }

  async stop(): Promise<void> {
    this.redis?.disconnect();
  }

  /** The limit of this name, the same for every process that asks; 0 a minute: none. */
  perMinute(name: string, most: number): RateLimit {
    return most === 0 ? unlimited : new CountedLimit(this.limiter(name, most));
  }

  /**
   * The same for what is done so often that nobody should wait for Redis each time: it is told a moment later, for many
   * together. Processes may let through some more between them than one alone would, in that moment.
   */
  perMinuteSettled(name: string, most: number): RateLimit {
    return most === 0 || !this.redis ? this.perMinute(name, most) : new SettledLimit(this.limiter(name, most));
  }

  private limiter(name: string, points: number): RateLimiterAbstract {
    const options = { keyPrefix: this.prefix + name, points, duration: MINUTE_S };
    const inMemory = new RateLimiterMemory(options);
    if (!this.redis) return inMemory;
    return new RateLimiterRedis({
      ...options,
      storeClient: this.redis,
      insuranceLimiter: inMemory,
      rejectIfRedisNotReady: true,
      // A key that is over its limit is refused here until its minute is over: a flood of it never reaches Redis.
      inMemoryBlockOnConsumed: points + 1,
    });
  }
}

class CountedLimit implements RateLimit {
  readonly counts = true;

  constructor(private readonly limiter: RateLimiterAbstract) {}

  async take(key: string, count = 1): Promise<number> {
    const counted = await consume(this.limiter, key, count);
    return counted?.refused ? counted.waitMs : 0;
  }

  async forget(key: string): Promise<void> {
    await this.limiter.delete(key).catch(() => false);
  }
}
