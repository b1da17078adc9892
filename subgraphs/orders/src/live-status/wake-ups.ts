import type { PubSub } from '@shop/shared/backing/ports';
import type { Logger } from '@shop/shared/logging/logger';
import { channelOf, readWakeUp, type WakeUp } from './wake-up.js';

/** Is told of a wake-up; null says that some may have been missed. */
export type WakeUpListener = (wakeUp: WakeUp | null) => void;

interface Channel {
  readonly listeners: Set<WakeUpListener>;
  /** Resolves, once Redis knows of it, to how to stop listening. */
  readonly subscription: Promise<() => Promise<void>>;
}

/** Hands the wake-ups of Redis to the streams of this process: one subscription a channel, however many listen. */
export class WakeUps {
  private readonly channels = new Map<string, Channel>();

  constructor(
    private readonly pubsub: PubSub,
    private readonly logger: Logger,
  ) {
    pubsub.onReconnect(() => {
      for (const channel of this.channels.values()) tell(channel, null);
    });
  }

  /** Listens for all orders of a user, until the returned function is called. What came before may be missed. */
  listen(userId: number, listener: WakeUpListener): () => void {
    const name = channelOf(userId);
    const channel = this.channels.get(name) ?? this.open(name);
    channel.listeners.add(listener);
    return () => {
      channel.listeners.delete(listener);
      if (channel.listeners.size === 0 && this.channels.get(name) === channel) this.close(name, channel);
    };
  }

  /** How many channels are listened to. */
  get size(): number {
    return this.channels.size;
  }

  private open(name: string): Channel {
    const listeners = new Set<WakeUpListener>();
    const subscription = this.pubsub.subscribe(name, (message) => tell({ listeners }, readWakeUp(message)));
    const channel = { listeners, subscription };
    this.channels.set(name, channel);
    // What was said before the subscription stood went by unheard.
    subscription.then(
      () => tell(channel, null),
      (error: unknown) => this.logger.warn({ err: error }, 'wake-ups: the subscription failed, polling goes on'),
    );
    return channel;
  }

  private close(name: string, { subscription }: Channel): void {
    this.channels.delete(name);
    subscription
      .then((unsubscribe) => unsubscribe())
      .catch((error: unknown) => this.logger.debug({ err: error }, 'wake-ups: could not unsubscribe'));
  }
}

function tell({ listeners }: Pick<Channel, 'listeners'>, wakeUp: WakeUp | null): void {
  for (const listener of listeners) listener(wakeUp);
}
