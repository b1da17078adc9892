import type { ChannelModel } from 'amqplib';
import type { Declarations, Topology } from './amqp-topology.js';
import { within } from './in-flight.js';
import { Repeating } from '../lifecycle/repeating.js';
import type { Logger } from '../logging/logger.js';

const DECLARED_WITHIN_MS = 30_000;

interface UpkeepOptions {
  readonly topology: Topology;
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
    const { connection, topology, logger } = this.options;
    const { needed, spare } = topology;
    for (const declarations of [needed, spare]) {
      const current = connection();
      // One that hangs goes on behind; the next round is for all again.
      if (current) await within(DECLARED_WITHIN_MS, declareOver(current, declarations, logger));
    }
  }
}

/** Over a channel of its own, one after the other: it holds up nobody. What can't be declared is left with a warning. */
export async function declareOver(
  connection: ChannelModel,
  { exchanges, queues, bindings }: Declarations,
  logger: Logger,
): Promise<void> {
  try {
    const channel = await connection.createChannel();
    // What the broker does not take closes the channel, and rejects what was asked for over it.
    channel.on('error', () => undefined);
    for (const [name, { type, options }] of Object.entries(exchanges))
      await channel.assertExchange(name, type, options);
    for (const [name, { options }] of Object.entries(queues)) await channel.assertQueue(name, options);
    for (const { source, destination, bindingKey } of bindings)
      await channel.bindQueue(destination, source, bindingKey);
    await channel.close();
  } catch (error) {
    logger.warn({ err: error }, 'message broker: could not declare everything');
  }
}
