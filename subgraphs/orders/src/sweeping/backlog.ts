import type { Bus } from '@shop/shared/messaging/bus';
import type { Clock } from '../clock.js';

/** So long after a start or a reconnect, answers that are still waiting are no reason to wait any more. */
const PATIENCE_MS = 30_000;
/** So long after the database failed: a statement that nobody answers, the longest pause of a retry, and some more. */
const RETRIED_WITHIN_MS = 75_000;
/** Who else lost the broker is back within so long, with the answers that waited there for it: they pause for 5 s at most. */
export const ELSEWHERE_MS = 10_000;

/**
 * Whether the answers that waited, in the queues or at those who give them, while this process, its broker or its database
 * was away, have been heard. Until then nothing can be said to have had no answer.
 */
export class Backlog {
  /** By the clock, in ms: when empty queues begin to say something, and when full ones are no reason any more. */
  private listenFrom = 0;
  private patientUntil = 0;
  private generation = 0;
  private workedOff = false;
  private readonly stopListening: () => void;

  constructor(
    private readonly bus: Bus,
    private readonly queues: readonly string[],
    private readonly clock: Clock,
    /** Before that, in ms, empty queues say nothing. */
    private readonly elsewhereMs = ELSEWHERE_MS,
  ) {
    this.restart();
    this.stopListening = bus.onConnectionChange(() => this.restart());
  }

  /** False while the broker is away. */
  async isWorkedOff(): Promise<boolean> {
    if (!this.bus.connected) return false;
    if (this.workedOff) return true;
    const { generation } = this;
    const now = this.clock().getTime();
    if (now < this.listenFrom) return false;
    const drained = now >= this.patientUntil || (await this.areQueuesEmpty());
    // The connection may have been lost and found again in between; then there is another backlog.
    if (this.generation === generation) this.workedOff = drained;
    return this.workedOff && this.bus.connected;
  }

  forget(): void {
    this.stopListening();
  }

  /** The database has failed: answers wait to be tried again. */
  grow(): void {
    this.patientUntil = this.clock().getTime() + RETRIED_WITHIN_MS;
    this.begin();
  }

  private restart(): void {
    const now = this.clock().getTime();
    this.listenFrom = now + this.elsewhereMs;
    this.patientUntil = Math.max(this.patientUntil, now + PATIENCE_MS);
    this.begin();
  }

  private begin(): void {
    this.generation += 1;
    this.workedOff = false;
  }

  private async areQueuesEmpty(): Promise<boolean> {
    const depths = this.queues.map((queue) => this.bus.depth(queue));
    // Of a queue that does not answer, nobody knows.
    return Promise.all(depths).then(
      (all) => all.every((depth) => depth === 0),
      () => false,
    );
  }
}
