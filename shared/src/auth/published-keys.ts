import { createPublicKey, type KeyObject } from 'node:crypto';
import { JwksClient } from 'jwks-rsa';

/** A key that nobody publishes makes us ask no more often than this. */
const AT_MOST_EVERY_MS = 1_000;

/** The public keys of a JSON Web Key Set (RFC 7517), fetched when one is asked for that is not known yet. */
export class PublishedKeys {
  private readonly client: JwksClient;
  private keys: ReadonlyMap<string, KeyObject> = new Map();
  private fetching: Promise<void> | undefined;
  private fetchedAt = -Infinity;

  constructor(url: string) {
    this.client = new JwksClient({ jwksUri: url, timeout: 3_000, cache: false, rateLimit: false });
  }

  /** The key under this `kid`; undefined when it is not published. Rejects when the set can't be had. */
  async find(kid: string): Promise<KeyObject | undefined> {
    if (!this.keys.has(kid) && performance.now() - this.fetchedAt >= AT_MOST_EVERY_MS) await this.fetchOnce();
    return this.keys.get(kid);
  }

  /** Whoever asks while a fetch is under way shares it. */
  private fetchOnce(): Promise<void> {
    this.fetching ??= this.fetch().finally(() => (this.fetching = undefined));
    return this.fetching;
  }

  private async fetch(): Promise<void> {
    const published = await this.client.getSigningKeys();
    this.keys = new Map(published.map((key) => [key.kid, createPublicKey(key.getPublicKey())]));
    this.fetchedAt = performance.now();
  }
}
