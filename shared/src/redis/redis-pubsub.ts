import type { Redis } from 'ioredis';
import { connectRedis, type RedisAdapterOptions, tryToConnect } from './connect.js';
import { ChannelListeners } from '../backing/channel-listeners.js';
import type { PubSub } from '../backing/ports.js';

/** Wake-ups over Redis: one connection to publish, one to listen, which subscribes again after each reconnection. */
export class RedisPubSub implements PubSub {
  readonly name = 'Redis pub/sub';
  private readonly publisher: Redis;
  private readonly subscriber: Redis;
  private readonly namespace: string;
  private readonly channels = new ChannelListeners();
  private readonly reconnectListeners = new Set<() => void>();
  private lost = false;
  private listening = false;

  constructor(options: RedisAdapterOptions) {
    this.namespace = options.namespace ?? '';
    this.publisher = connectRedis(options, this.name, {
      enableOfflineQueue: false,
      commandTimeout: 2_000,
      maxRetriesPerRequest: 0,
    });
    this.subscriber = connectRedis(options, this.name, { enableOfflineQueue: false, autoResubscribe: false });
    this.subscriber.on('message', (channel: string, message: string) => {
      this.channels.deliver(channel.slice(this.namespace.length), message);
    });
    this.subscriber.on('ready', () => void this.listenAgain());
    this.subscriber.on('close', () => (this.listening = false));
    this.publisher.on('ready', () => this.tellWhenBack());
    for (const connection of [this.publisher, this.subscriber]) connection.on('close', () => (this.lost = true));
  }

  async start(): Promise<void> {
    await Promise.all([tryToConnect(this.publisher), tryToConnect(this.subscriber)]);
  }

  async stop(): Promise<void> {
    this.publisher.disconnect();
    this.subscriber.disconnect();
  }

  async publish(channel: string, message: string): Promise<void> {
    await this.publisher.publish(this.namespace + channel, message);
  }

  async subscribe(channel: string, listener: (message: string) => void): Promise<() => Promise<void>> {
    this.channels.add(channel, listener);
    // Also for a second listener: the first one's subscription may not have arrived yet.
    await this.whenOpen(() => this.subscriber.subscribe(this.namespace + channel));
    return async () => {
      if (this.channels.remove(channel, listener))
        await this.whenOpen(() => this.subscriber.unsubscribe(this.namespace + channel));
    };
  }

  onReconnect(listener: () => void): () => void {
    this.reconnectListeners.add(listener);
    return () => void this.reconnectListeners.delete(listener);
  }

  /** A connection that is away, or breaks now, needs nothing: it subscribes to all channels once it is back. */
  private async whenOpen(command: () => Promise<unknown>): Promise<void> {
    if (this.subscriber.status === 'ready') await command().catch(() => undefined);
  }

  private async listenAgain(): Promise<void> {
    const channels = this.channels.names().map((channel) => this.namespace + channel);
    try {
      if (channels.length > 0) await this.subscriber.subscribe(...channels);
    } catch {
      return; // It broke again; the next `ready` subscribes.
    }
    this.listening = true;
    this.tellWhenBack();
  }

  /** Once for both connections: whoever is told may publish at once. */
  private tellWhenBack(): void {
    if (!this.lost || !this.listening || this.publisher.status !== 'ready') return;
    this.lost = false;
    for (const listener of this.reconnectListeners) listener();
  }
}
