import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import type { Redis } from 'ioredis';
import type { Component } from '@shop/shared/lifecycle/system';
import { connectRedis, type RedisAdapterOptions, tryToConnect } from '@shop/shared/redis/connect';

/** A text that no process has looked up for so long is forgotten by Redis; a client that still uses it sends it once more. */
const KEPT_S = 60 * 60;
/**
 * A longer one is not kept, and its client sends it each time. Comments make a text as long as a body may be without it
 * costing anything, and anybody may send as many as they like.
 */
const LONGEST_KEPT = 10_000;
const CHARACTERS_IN_MEMORY = 2_000_000;

/**
 * The texts of operations by their hashes: in Redis, for all gateways and across their restarts, and those that were used
 * last in this process's memory. While Redis is away it is that memory alone.
 */
export class OperationTexts implements Component {
  readonly name = 'operation texts';
  private readonly memory = new InMemoryLRUCache<string>({ maxSize: CHARACTERS_IN_MEMORY });
  private readonly redis: Redis | undefined;
  private readonly prefix: string;

  constructor(redis?: RedisAdapterOptions) {
    this.prefix = `${redis?.namespace ?? ''}operation:`;
    // A client waits for the answer, and can do without: a silent Redis must not take long to be given up.
    this.redis =
      redis &&
      connectRedis(redis, this.name, { enableOfflineQueue: false, commandTimeout: 250, maxRetriesPerRequest: 0 });
  }

  async start(): Promise<void> {
    if (this.redis) await tryToConnect(this.redis);
  }

  async stop(): Promise<void> {
    this.redis?.disconnect();
  }

  /** Never rejects. */
  async get(hash: string): Promise<string | undefined> {
    const near = await this.memory.get(hash);
    if (near !== undefined) return near;
    const far = await this.redis?.getex(this.prefix + hash, 'EX', KEPT_S).catch(() => null);
    if (typeof far !== 'string') return undefined;
    await this.memory.set(hash, far);
    return far;
  }

  /** Never rejects. */
  async set(hash: string, text: string): Promise<void> {
    if (text.length > LONGEST_KEPT) return;
    await this.memory.set(hash, text);
    await this.redis?.set(this.prefix + hash, text, 'EX', KEPT_S).catch(() => undefined);
  }
}
