import type { Component } from '../lifecycle/system.js';
import type { LogChannel } from '../logging/log-channel.js';
import type { Bus } from '../messaging/bus.js';
import type { RateLimits } from '../rate-limits/rate-limits.js';
import type { RedisAdapterOptions } from '../redis/connect.js';
import type { Telemetry } from '../telemetry/telemetry.js';

/** A wake-up, never the truth: a message may be lost, and `onReconnect` says when some may have been. */
export interface PubSub extends Component {
  /** Rejects when the message could not be handed over. */
  publish(channel: string, message: string): Promise<void>;
  /** Listens until the returned function is called. Never rejects for a server that is away: it listens once it is back. */
  subscribe(channel: string, listener: (message: string) => void): Promise<() => Promise<void>>;
  /** Calls back each time the connection has come back after a loss. Returns how to stop listening. */
  onReconnect(listener: () => void): () => void;
}

/** One versioned entry. A version without a value is a tombstone: it remembers what is no longer true. */
export interface VersionedEntry {
  readonly version: number;
  readonly value: string | null;
}

/**
 * A cache in which a newer version is never replaced by an older one, whatever the order in which writers and readers
 * arrive, as long as its server lives: what an earlier life of the server has left is never found, for it may be older
 * than what was set last. All calls reject when the cache is away; the caller goes on without it.
 */
export interface VersionedCache extends Component {
  /** False while every call would reject. */
  readonly connected: boolean;
  /**
   * Calls back each time the cache has come back after a loss, before it answers anybody: it may have missed entries.
   * Returns how to stop listening.
   */
  onReconnect(listener: () => void): () => void;
  getMany(keys: readonly string[]): Promise<(VersionedEntry | undefined)[]>;
  /** Stores each entry unless the cache holds a higher version of its key. */
  setMany(entries: readonly { key: string; entry: VersionedEntry }[], ttlSeconds: number): Promise<void>;
  /** Stores an entry unless the cache holds its version of this key or a higher one. Resolves to what it holds then. */
  setFirst(key: string, entry: VersionedEntry, ttlSeconds: number): Promise<VersionedEntry>;
  /** Gives a key a version that it never had, and that is higher than the one it has, and no value. Resolves to it. */
  renew(key: string, ttlSeconds: number): Promise<number>;
}

/** What stands behind every process, also one that has no bus. Each is a component of that process's system. */
export interface Footing {
  readonly telemetry: Telemetry;
  readonly rateLimits: RateLimits;
  /** Redis, for what keeps something of its own there; undefined without one. */
  readonly redis: RedisAdapterOptions | undefined;
}

/** What stands behind one service besides its database. Each is a component of that service's system. */
export interface Backing extends Footing {
  readonly bus: Bus;
  readonly pubsub: PubSub;
  readonly cache: VersionedCache;
  /** The log of the services that share this process; silent where each has one of its own. */
  readonly logs: LogChannel;
}
