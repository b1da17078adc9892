import type { Bus, ConsumeOptions, MessageHandler, OutgoingMessage } from './bus.js';
import { BusMetrics } from './bus-metrics.js';
import type { Telemetry } from '../telemetry/telemetry.js';

/** A bus, and what one wants to see of it, whichever adapter it is. */
export class ObservedBus implements Bus {
  readonly name: string;
  private readonly metrics: BusMetrics;

  constructor(
    private readonly bus: Bus,
    { metrics }: Pick<Telemetry, 'metrics'>,
  ) {
    this.name = bus.name;
    this.metrics = new BusMetrics(metrics, bus);
  }

  start(): Promise<void> {
    return this.bus.start();
  }

  stop(): Promise<void> {
    return this.bus.stop();
  }

  publish(message: OutgoingMessage): Promise<void> {
    return this.metrics.publication(message, () => this.bus.publish(message));
  }

  consume(queue: string, handler: MessageHandler, options?: ConsumeOptions): void {
    const measured: MessageHandler = (message) => this.metrics.handling(queue, message, () => handler(message));
    this.bus.consume(queue, measured, options);
    this.metrics.watch(queue);
  }

  startConsuming(): Promise<void> {
    return this.bus.startConsuming();
  }

  stopConsuming(): Promise<void> {
    return this.bus.stopConsuming();
  }

  get connected(): boolean {
    return this.bus.connected;
  }

  onConnectionChange(listener: (connected: boolean) => void): () => void {
    return this.bus.onConnectionChange(listener);
  }

  depth(queue: string): Promise<number> {
    return this.bus.depth(queue);
  }

  ready(queues: readonly string[]): Promise<readonly number[]> {
    return this.bus.ready(queues);
  }
}
