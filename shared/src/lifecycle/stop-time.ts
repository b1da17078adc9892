/** What a service stops one after the other, and the share of the whole time by which each is over, early or late. */
const OVER_AT = {
  /** What is being answered. */
  answers: 0.3,
  /** What is done with messages, and with the clock. */
  handlers: 0.7,
  /** What is handed over to others once more. */
  relays: 0.8,
  /** The connections to broker and others. */
  connections: 0.9,
  /** The database, and what says how it all was. */
  everything: 0.98,
} as const;

export type StopStage = keyof typeof OVER_AT;

/** SHUTDOWN_S where nobody sets it. */
const USUAL_MS = 10_000;

/**
 * The time that one stop has, from its making on. Each stage may use what those before it have left, and none can take what
 * belongs to those after it: so a stop in order fits into the time after which the process ends anyway.
 */
export class StopTime {
  private readonly begunAt: number;

  /** @param totalMs how long all of the stop may take. */
  constructor(
    private readonly totalMs = USUAL_MS,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.begunAt = now();
  }

  /** Milliseconds until a stage has to be over, and never more than are worth waiting for. 0 when it is late. */
  leftFor(stage: StopStage, atMostMs = Infinity): number {
    return Math.min(atMostMs, Math.max(0, this.begunAt + this.totalMs * OVER_AT[stage] - this.now()));
  }
}
