import type { Bus } from '@shop/shared/messaging/bus';
import type { Clock } from '../clock.js';

/** After so long, answers that are still waiting are no reason to wait any more. It is also the longest pause of a retry. */
const PATIENCE_MS = 30_000;
/** Who else lost the broker is back within so long, with the answers that waited there for it: they pause for 5 s at most. */
export const ELSEWHERE_MS = 10_000;

/**
 * Whether the answers that waited, in the queues or at those who give them, while this process, its broker or its database
 * was away, have been heard. Until then nothing can be said to have had no answer.
 */
export class Backlog {
  private since: Date;
  private workedOff = false;
  private readonly stopListening: () => void;

  constructor(
    private readonly bus: Bus,
    private readonly queues: readonly string[],
    private readonly clock: Clock,
    /** Before that, in ms, empty queues say nothing. */
    private readonly elsewhereMs = ELSEWHERE_MS,
  ) {
    this.since = clock();
    this.stopListening = bus.onConnectionChange(() => this.restart());
  }

  /** False while the broker is away. */
  async isWorkedOff(): Promise<boolean> {
    if (!this.bus.connected) return false;
    if (this.workedOff) return true;
    const { since } = this;
    const age = this.clock().getTime() - since.getTime();
    if (age < this.elsewhereMs) return false;
    const drained = age >= PATIENCE_MS || (await this.areQueuesEmpty());
    // The connection may have been lost and found again in between; then there is another backlog.
    if (this.since === since) this.workedOff = drained;
    return this.workedOff && this.bus.connected;
  }

  forget(): void {
    this.stopListening();
  }

  /** From now on there is another backlog. */
  restart(): void {
    this.since = this.clock();
    this.workedOff = false;
  }

  private async areQueuesEmpty(): Promise<boolean> {
    const depths = await Promise.all(this.queues.map((queue) => this.bus.depth(queue)));
    return depths.every((depth) => depth === 0);
  }
}
