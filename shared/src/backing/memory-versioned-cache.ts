import type { VersionedCache, VersionedEntry } from './ports.js';

interface Held {
  readonly entry: VersionedEntry;
  readonly expiresAt: number;
}

/**
 * A cache in the process, for one process: at most so many entries, the least recently used go first. Never away, so
 * nothing ever reconnects.
 */
export class MemoryVersionedCache implements VersionedCache {
  readonly name = 'in-process cache';
  readonly connected = true;
  private readonly held = new Map<string, Held>();
  /** The highest version that a key was given by renewal. */
  private lastRenewal = 0;

  constructor(
    private readonly capacity = 10_000,
    private readonly now: () => number = () => performance.now(),
  ) {}

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  onReconnect(): () => void {
    return () => undefined;
  }

  async getMany(keys: readonly string[]): Promise<(VersionedEntry | undefined)[]> {
    return keys.map((key) => this.get(key));
  }

  async setMany(entries: readonly { key: string; entry: VersionedEntry }[], ttlSeconds: number): Promise<void> {
    for (const { key, entry } of entries) {
      const current = this.get(key);
      if (current && current.version > entry.version) continue;
      this.put(key, { entry, expiresAt: this.now() + ttlSeconds * 1_000 });
    }
    for (const oldest of this.held.keys()) {
      if (this.held.size <= this.capacity) break;
      this.held.delete(oldest);
    }
  }

  async setFirst(key: string, entry: VersionedEntry, ttlSeconds: number): Promise<VersionedEntry> {
    const held = this.get(key);
    if (held && held.version >= entry.version) return held;
    await this.setMany([{ key, entry }], ttlSeconds);
    return entry;
  }

  async renew(key: string, ttlSeconds: number): Promise<number> {
    const version = Math.max(this.lastRenewal, this.get(key)?.version ?? 0) + 1;
    this.lastRenewal = version;
    await this.setMany([{ key, entry: { version, value: null } }], ttlSeconds);
    return version;
  }

  private get(key: string): VersionedEntry | undefined {
    const held = this.held.get(key);
    if (!held) return undefined;
    if (held.expiresAt <= this.now()) {
      this.held.delete(key);
      return undefined;
    }
    this.put(key, held);
    return held.entry;
  }

  /** A Map keeps the order of insertion: what was used last stands last. */
  private put(key: string, held: Held): void {
    this.held.delete(key);
    this.held.set(key, held);
  }
}
