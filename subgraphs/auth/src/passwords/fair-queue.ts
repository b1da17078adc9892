import { tooManyRequests } from '@shop/shared/errors/app-error';

interface Bounds {
  /** Tasks that run at once. */
  readonly atOnce: number;
  /** Tasks of one lane that may wait. */
  readonly waiting: number;
}

interface Waiting {
  readonly start: () => void;
  readonly refuse: (reason: Error) => void;
}

/** Those who wait in one lane, in the order of their first task, each with their tasks. */
type Lane = Map<string, Waiting[]>;

/** After this time it is worth coming back, in ms. */
const COME_BACK_MS = 1_000;

/**
 * Runs a few tasks at once. The others wait in lanes; the lanes have their turns, and within one whoever waits there: many
 * tasks in one lane, or of one asker, keep others waiting for one of them at most. In a lane that is full the newest task of
 * whoever has most there makes room.
 */
export class FairQueue {
  private readonly lanes = new Map<string, Lane>();
  private running = 0;

  constructor(private readonly bounds: Bounds) {}

  /** What the task comes to. Rejects with RATE_LIMITED when it had to make room. */
  async run<Result>(lane: string, asker: string, task: () => Promise<Result>): Promise<Result> {
    if (this.running >= this.bounds.atOnce) await this.turn(lane, asker);
    else this.running += 1;
    try {
      return await task();
    } finally {
      // Whoever is next takes the place without giving it up in between.
      const next = this.next();
      if (next) next.start();
      else this.running -= 1;
    }
  }

  private turn(name: string, asker: string): Promise<void> {
    const lane = this.lanes.get(name) ?? new Map<string, Waiting[]>();
    this.lanes.set(name, lane);
    return new Promise((start, refuse) => {
      const own = lane.get(asker) ?? [];
      own.push({ start, refuse });
      lane.set(asker, own);
      makeRoom(lane, this.bounds.waiting);
    });
  }

  private next(): Waiting | undefined {
    const [first] = this.lanes;
    if (!first) return undefined;
    const [name, lane] = first;
    const next = firstOf(lane);
    // Who was served goes to the end.
    this.lanes.delete(name);
    if (lane.size > 0) this.lanes.set(name, lane);
    return next;
  }
}

function firstOf(lane: Lane): Waiting | undefined {
  const [first] = lane;
  if (!first) return undefined;
  const [asker, [next, ...others]] = first;
  lane.delete(asker);
  if (others.length > 0) lane.set(asker, others);
  return next;
}

function makeRoom(lane: Lane, most: number): void {
  const all = [...lane.values()];
  if (all.reduce((sum, { length }) => sum + length, 0) <= most) return;
  const longest = all.reduce((one, other) => (other.length > one.length ? other : one));
  longest.pop()?.refuse(tooManyRequests(COME_BACK_MS));
  for (const [asker, own] of lane) if (own.length === 0) lane.delete(asker);
}
