import type { Redis } from 'ioredis';
import { connectRedis, type RedisAdapterOptions, tryToConnect } from './connect.js';
import type { VersionedCache, VersionedEntry } from '../backing/ports.js';

/**
 * An entry is "<version>:<value>", a tombstone "<version>". KEYS are the entries' keys; ARGV the time to live, then each
 * entry's version and text. A key that holds a higher version keeps it.
 */
const SET_UNLESS_NEWER = `
for i, key in ipairs(KEYS) do
  local version, text = ARGV[2 * i], ARGV[2 * i + 1]
  local held = redis.call('GET', key)
  local heldVersion = held and tonumber(string.match(held, '^%d+'))
  if not heldVersion or heldVersion <= tonumber(version) then
    redis.call('SET', key, text, 'EX', ARGV[1])
  end
end
return 1`;

/** A cache in Redis. It fails fast when Redis is away: nothing waits in a queue for it. */
export class RedisVersionedCache implements VersionedCache {
  readonly name = 'Redis cache';
  private readonly redis: Redis;
  private readonly namespace: string;

  constructor(options: RedisAdapterOptions) {
    this.namespace = options.namespace ?? '';
    this.redis = connectRedis(options, this.name, {
      enableOfflineQueue: false,
      commandTimeout: 500,
      maxRetriesPerRequest: 0,
    });
  }

  async start(): Promise<void> {
    await tryToConnect(this.redis);
  }

  async stop(): Promise<void> {
    this.redis.disconnect();
  }

  async getMany(keys: readonly string[]): Promise<(VersionedEntry | undefined)[]> {
    if (keys.length === 0) return [];
    const texts = await this.redis.mget(keys.map((key) => this.namespace + key));
    return texts.map((text) => (text === null ? undefined : entryOf(text)));
  }

  async setMany(entries: readonly { key: string; entry: VersionedEntry }[], ttlSeconds: number): Promise<void> {
    if (entries.length === 0) return;
    const keys = entries.map(({ key }) => this.namespace + key);
    const texts = entries.flatMap(({ entry }) => [String(entry.version), textOf(entry)]);
    await this.redis.eval(SET_UNLESS_NEWER, keys.length, ...keys, String(ttlSeconds), ...texts);
  }
}

function textOf({ version, value }: VersionedEntry): string {
  return value === null ? String(version) : `${version}:${value}`;
}

function entryOf(text: string): VersionedEntry | undefined {
  const match = /^(\d+)(?::([^]*))?$/.exec(text);
  return match ? { version: Number(match[1]), value: match[2] ?? null } : undefined;
}
