import { createPublicKey, type KeyObject } from 'node:crypto';
import { JwksClient } from 'jwks-rsa';
import { PublishedJson } from './published-json.js';
import { Repeating } from '../lifecycle/repeating.js';
import type { Component } from '../lifecycle/system.js';

interface PublishedKeysOptions {
  /** The address of a JSON Web Key Set (RFC 7517). */
  readonly url: string;
  /** How often the set is fetched anew once started; each time up to half as much later. 10 s unless told. */
  readonly refreshMs?: number;
  /** How long a set holds that can't be fetched anew; an hour unless told. */
  readonly keptMs?: number;
}

/** Keys that are not known have the set fetched so often in a row, and then once a second. */
const FETCHES_IN_A_ROW = 5;
const REFRESH_MS = 10_000;
const KEPT_MS = 3_600_000;

/**
 * The public keys of a JSON Web Key Set. It is fetched when a key is asked for that is not known, and again and again once
 * this has started: a key that is published no more is trusted no more some seconds later. While its publisher is away
 * the last set holds, but not for ever: nobody knows what was withdrawn meanwhile.
 */
export class PublishedKeys implements Component {
  readonly name = 'published keys';
  private readonly source: PublishedJson;
  private readonly client: JwksClient;
  private readonly refreshing: Repeating;
  private keys: ReadonlyMap<string, KeyObject> = new Map();
  private readonly watchers = new Map<KeyObject, Set<() => void>>();
  private fetching: Promise<void> | undefined;
  private fetchedAt = -Infinity;
  private failure: unknown;
  private allowance = FETCHES_IN_A_ROW;
  private allowedAt = 0;

  constructor(private readonly options: PublishedKeysOptions) {
    this.source = new PublishedJson(options.url);
    const fetcher = async () => (await this.source.get()) as { keys: unknown };
    this.refreshing = new Repeating(options.refreshMs ?? REFRESH_MS, () => this.fetchOnce().catch(() => undefined));
    this.client = new JwksClient({ jwksUri: options.url, cache: false, rateLimit: false, fetcher });
  }

  async start(): Promise<void> {
    this.refreshing.start();
  }

  async stop(): Promise<void> {
    const refreshed = this.refreshing.stop();
    await this.source.close();
    await refreshed;
  }

  /**
   * The key under this `kid`; undefined when it is not published. Rejects when the set can't be had. Whoever makes up
   * names has the set fetched once a second: the keys that are known are found meanwhile, and a new one a second later.
   */
  async find(kid: string): Promise<KeyObject | undefined> {
    const underWay = this.known(kid) ? undefined : this.fetching;
    // It may have been answered before the key was published: then another follows.
    if (underWay) await underWay;
    const key = this.known(kid);
    if (key) return key;
    if (this.fetching || this.mayFetch()) await this.fetchOnce();
    else if (this.failure) throw this.failure;
    return this.known(kid);
  }

  /** The key under this `kid`, as far as it is known and still trusted. */
  known(kid: string): KeyObject | undefined {
    const { keptMs = KEPT_MS } = this.options;
    return performance.now() - this.fetchedAt < keptMs ? this.keys.get(kid) : undefined;
  }

  /** Whether a key that was found here is still published, as far as is known. */
  publishes(key: KeyObject): boolean {
    return [...this.keys.values()].includes(key);
  }

  /** Calls back once a key that was found here is published no more, if that comes. Returns how to stop waiting for it. */
  watch(key: KeyObject, onWithdrawal: () => void): () => void {
    const watchers = this.watchers.get(key) ?? new Set();
    const watcher = () => onWithdrawal();
    this.watchers.set(key, watchers.add(watcher));
    if (!this.publishes(key)) queueMicrotask(() => this.tellOfWithdrawals());
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.watchers.get(key) === watchers) this.watchers.delete(key);
    };
  }

  private tellOfWithdrawals(): void {
    for (const [key, watchers] of [...this.watchers]) {
      if (this.publishes(key)) continue;
      this.watchers.delete(key);
      for (const watcher of watchers) watcher();
    }
  }

  private mayFetch(): boolean {
    const now = performance.now();
    this.allowance = Math.min(FETCHES_IN_A_ROW, this.allowance + (now - this.allowedAt) / 1_000);
    this.allowedAt = now;
    if (this.allowance < 1) return false;
    this.allowance -= 1;
    return true;
  }

  /** Whoever asks while a fetch is under way shares it. */
  private fetchOnce(): Promise<void> {
    this.fetching ??= this.fetch().finally(() => (this.fetching = undefined));
    return this.fetching;
  }

  private async fetch(): Promise<void> {
    try {
      const published = await this.client.getSigningKeys();
      this.keys = new Map(published.map((key) => [key.kid, this.same(key.kid, createPublicKey(key.getPublicKey()))]));
      this.fetchedAt = performance.now();
      this.failure = undefined;
      this.tellOfWithdrawals();
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  /** A key that is published again stays the same object, by which what it proved is known to hold. */
  private same(kid: string, key: KeyObject): KeyObject {
    const known = this.keys.get(kid);
    return known?.equals(key) ? known : key;
  }
}
