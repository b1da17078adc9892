import type { Bus, IncomingMessage, MessageHandler, OutgoingMessage } from '@shop/shared/messaging/bus';

/**
 * A bus that delivers nothing by itself: it keeps what relays publish, and hands any message to any queue's handler when
 * it is told to. It is away for as long as nobody lets the relays publish.
 */
export class ExploredBus implements Bus {
  readonly name = 'message bus';
  connected = false;
  private readonly handlers = new Map<string, MessageHandler>();
  private readonly listeners = new Set<(connected: boolean) => void>();
  private published: OutgoingMessage[] = [];

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  async startConsuming(): Promise<void> {}

  async stopConsuming(): Promise<void> {}

  async publish(message: OutgoingMessage): Promise<void> {
    this.published.push(message);
  }

  consume(queue: string, handler: MessageHandler): void {
    this.handlers.set(queue, handler);
  }

  onConnectionChange(listener: (connected: boolean) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** To the sweeper no answer is ever waiting: it may come at any moment. */
  async depth(): Promise<number> {
    return 0;
  }

  async ready(queues: readonly string[]): Promise<readonly number[]> {
    return queues.map(() => 0);
  }

  connect(connected: boolean): void {
    if (this.connected === connected) return;
    this.connected = connected;
    for (const listener of this.listeners) listener(connected);
  }

  /** What relays have published since this was last asked. */
  takePublished(): OutgoingMessage[] {
    const { published } = this;
    this.published = [];
    return published;
  }

  /** Hands a message to the handler of a queue; rejects as that does. */
  async deliver(queue: string, message: IncomingMessage): Promise<void> {
    const handler = this.handlers.get(queue);
    if (!handler) throw new Error(`nobody consumes ${queue}`);
    await handler(message);
  }
}
