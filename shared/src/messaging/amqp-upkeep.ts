import type { Channel, ChannelModel } from 'amqplib';
import type { Declarations } from './amqp-topology.js';
import { Repeating } from '../lifecycle/repeating.js';
import type { Logger } from '../logging/logger.js';

interface UpkeepOptions {
  readonly declarations: Declarations;
  /** The connection to declare over; undefined while there is none that takes anything. */
  readonly connection: () => ChannelModel | undefined;
  readonly everyMs: number;
  readonly logger: Logger;
}

/**
 * Declares everything again every so often, over a connection that stands. A binding that somebody deleted is missed by
 * nobody when other queues take the same messages, nor is a queue whose consumer is away: there is nothing to react to.
 * What is there already stays as it is.
 */
export class AmqpUpkeep {
  private readonly repeating: Repeating;

  constructor(private readonly options: UpkeepOptions) {
    this.repeating = new Repeating(options.everyMs, () => this.declare());
  }

  /** Begins with a pause. */
  start(): void {
    this.repeating.start();
  }

  /** Resolves when nothing is under way; with the end of the connection at the latest. */
  stop(): Promise<void> {
    return this.repeating.stop();
  }

  private async declare(): Promise<void> {
    const { connection, declarations, logger } = this.options;
    try {
      const channel = await connection()?.createChannel();
      if (!channel) return;
      // What the broker does not take closes the channel, and rejects what was asked for over it.
      channel.on('error', () => undefined);
      await declareAll(channel, declarations);
      await channel.close();
    } catch (error) {
      logger.warn({ err: error }, 'message broker: could not declare everything again');
    }
  }
}

/** One after the other: it is in no hurry, and holds up nobody. */
async function declareAll(channel: Channel, { exchanges, queues, bindings }: Declarations): Promise<void> {
  for (const [name, { type, options }] of Object.entries(exchanges)) await channel.assertExchange(name, type, options);
  for (const [name, { options }] of Object.entries(queues)) await channel.assertQueue(name, options);
  for (const { source, destination, bindingKey } of bindings) await channel.bindQueue(destination, source, bindingKey);
}
