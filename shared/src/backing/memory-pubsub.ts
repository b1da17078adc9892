import { ChannelListeners } from './channel-listeners.js';
import type { PubSub } from './ports.js';

/** Wake-ups among the services of one process. Never away, so nothing ever reconnects. */
export class MemoryPubSub implements PubSub {
  readonly name = 'in-process pub/sub';
  private readonly channels = new ChannelListeners();

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  async publish(channel: string, message: string): Promise<void> {
    // As over a network, listeners run after the publisher has gone on.
    setImmediate(() => this.channels.deliver(channel, message));
  }

  async subscribe(channel: string, listener: (message: string) => void): Promise<() => Promise<void>> {
    this.channels.add(channel, listener);
    return async () => void this.channels.remove(channel, listener);
  }

  onReconnect(): () => void {
    return () => undefined;
  }
}
