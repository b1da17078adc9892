import type { Redis } from 'ioredis';
import { connectRedis, type RedisAdapterOptions, tryToConnect } from './connect.js';
import type { VersionedCache, VersionedEntry } from '../backing/ports.js';
import type { Logger } from '../logging/logger.js';

/** The version of what a key holds; nil where it holds nothing. */
const VERSION_OF = `
local function versionOf(held)
  return held and tonumber(string.match(held, '^%d+'))
end`;

/**
 * An entry is "<version>:<value>", a tombstone "<version>". KEYS are the entries' keys; ARGV the time to live, then each
 * entry's version and text. A key that holds a higher version keeps it.
 */
const SET_UNLESS_NEWER = `${VERSION_OF}
for i, key in ipairs(KEYS) do
  local version, text = ARGV[2 * i], ARGV[2 * i + 1]
  local heldVersion = versionOf(redis.call('GET', key))
  if not heldVersion or heldVersion <= tonumber(version) then
    redis.call('SET', key, text, 'EX', ARGV[1])
  end
end
return 1`;

/** KEYS: the entry's; ARGV: the time to live, its version and text. Answers the text that the key holds then. */
const SET_UNLESS_HELD = `${VERSION_OF}
local held = redis.call('GET', KEYS[1])
local heldVersion = versionOf(held)
if heldVersion and heldVersion >= tonumber(ARGV[2]) then return held end
redis.call('SET', KEYS[1], ARGV[3], 'EX', ARGV[1])
return ARGV[3]`;

/** KEYS: the one for a new version; ARGV: the time to live. By the server's clock, as it may have forgotten the last version. */
const RENEW = `${VERSION_OF}
local heldVersion = versionOf(redis.call('GET', KEYS[1])) or 0
local now = redis.call('TIME')
local version = string.format('%.0f', math.max(heldVersion + 1, now[1] * 1000000 + now[2]))
redis.call('SET', KEYS[1], version, 'EX', ARGV[1])
return version`;

/**
 * A cache in Redis. It fails fast when Redis is away: nothing waits in a queue for it. Its keys carry the `run_id` that
 * Redis makes anew at each start, so that what a dump, or a replica that lagged behind, brings back is not found.
 */
export class RedisVersionedCache implements VersionedCache {
  readonly name = 'Redis cache';
  private readonly redis: Redis;
  private readonly logger: Logger;
  private readonly namespace: string;
  private readonly reconnectListeners = new Set<() => void>();
  /** In front of every key; null while Redis is away. */
  private prefix: string | null = null;
  private opening: Promise<void> = Promise.resolve();
  private lost = false;

  constructor(options: RedisAdapterOptions) {
    this.logger = options.telemetry.logger;
    this.namespace = options.namespace ?? '';
    this.redis = connectRedis(options, this.name, {
      enableOfflineQueue: false,
      commandTimeout: 500,
      maxRetriesPerRequest: 0,
    });
    this.redis.on('ready', () => (this.opening = this.open()));
    this.redis.on('close', () => {
      this.prefix = null;
      this.lost = true;
    });
  }

  get connected(): boolean {
    return this.prefix !== null;
  }

  async start(): Promise<void> {
    await tryToConnect(this.redis);
    await this.opening;
  }

  async stop(): Promise<void> {
    this.redis.disconnect();
  }

  onReconnect(listener: () => void): () => void {
    this.reconnectListeners.add(listener);
    return () => void this.reconnectListeners.delete(listener);
  }

  async getMany(keys: readonly string[]): Promise<(VersionedEntry | undefined)[]> {
    if (keys.length === 0) return [];
    const texts = await this.redis.mget(keys.map(this.keyOf));
    return texts.map((text) => (text === null ? undefined : entryOf(text)));
  }

  async setMany(entries: readonly { key: string; entry: VersionedEntry }[], ttlSeconds: number): Promise<void> {
    if (entries.length === 0) return;
    const keys = entries.map(({ key }) => this.keyOf(key));
    const texts = entries.flatMap(({ entry }) => [String(entry.version), textOf(entry)]);
    await this.redis.eval(SET_UNLESS_NEWER, keys.length, ...keys, String(ttlSeconds), ...texts);
  }

  async setFirst(key: string, entry: VersionedEntry, ttlSeconds: number): Promise<VersionedEntry> {
    const values = [String(ttlSeconds), String(entry.version), textOf(entry)];
    const held = await this.redis.eval(SET_UNLESS_HELD, 1, this.keyOf(key), ...values);
    return entryOf(String(held)) ?? entry;
  }

  async renew(key: string, ttlSeconds: number): Promise<number> {
    return Number(await this.redis.eval(RENEW, 1, this.keyOf(key), String(ttlSeconds)));
  }

  /** Learns which life of the server this is. A connection that breaks meanwhile is followed by another one. */
  private async open(): Promise<void> {
    try {
      const info = await this.redis.info('server');
      this.prefix = `${this.namespace}${/^run_id:(\w+)/m.exec(info)?.[1] ?? ''}:`;
    } catch (error) {
      this.logger.warn({ err: error }, `${this.name}: not used, for the server does not say who it is`);
      return;
    }
    if (!this.lost) return;
    this.lost = false;
    for (const listener of this.reconnectListeners) listener();
  }

  private readonly keyOf = (key: string): string => {
    if (this.prefix === null) throw new Error('Redis is away');
    return this.prefix + key;
  };
}

function textOf({ version, value }: VersionedEntry): string {
  return value === null ? String(version) : `${version}:${value}`;
}

function entryOf(text: string): VersionedEntry | undefined {
  const match = /^(\d+)(?::([^]*))?$/.exec(text);
  return match ? { version: Number(match[1]), value: match[2] ?? null } : undefined;
}
