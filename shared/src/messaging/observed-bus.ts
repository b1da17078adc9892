import type { Bus, ConsumeOptions, MessageHandler, OutgoingMessage } from './bus.js';
import { BusMetrics } from './bus-metrics.js';
import { handleTraced, publishTraced } from './bus-tracing.js';
import type { StopTime } from '../lifecycle/stop-time.js';
import type { Telemetry } from '../telemetry/telemetry.js';

/** A bus, and what one wants to see of it, whichever adapter it is. */
export class ObservedBus implements Bus {
  readonly name: string;
  private readonly metrics: BusMetrics;

  constructor(
    private readonly bus: Bus,
    private readonly telemetry: Pick<Telemetry, 'metrics' | 'tracing'>,
  ) {
    this.name = bus.name;
    this.metrics = new BusMetrics(telemetry.metrics, bus);
  }

  start(): Promise<void> {
    return this.bus.start();
  }

  stop(time?: StopTime): Promise<void> {
    return this.bus.stop(time);
  }

  publish(message: OutgoingMessage): Promise<void> {
    return publishTraced(this.telemetry, message, (traced) =>
      this.metrics.publication(traced, () => this.bus.publish(traced)),
    );
  }

  consume(queue: string, handler: MessageHandler, options?: ConsumeOptions): void {
    const observed: MessageHandler = (message) =>
      handleTraced(this.telemetry, queue, message, () => this.metrics.handling(queue, message, () => handler(message)));
    this.bus.consume(queue, observed, options);
    this.metrics.watch(queue);
  }

  startConsuming(): Promise<void> {
    return this.bus.startConsuming();
  }

  stopConsuming(time?: StopTime): Promise<void> {
    return this.bus.stopConsuming(time);
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
