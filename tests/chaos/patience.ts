import { setTimeout as pause } from 'node:timers/promises';
import { Unavailable } from './shop-client.js';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_600;

/** How customers go on when the shop is away, for all of them together: until when, and what they were told. */
export class Patience {
  /** How often each thing was said instead of an answer. */
  readonly troubles = new Map<string, number>();
  /** By performance.now(). Far away until the faults are over. */
  private deadline = Infinity;

  /** From now on nobody waits longer than this. */
  endsIn(ms: number): void {
    this.deadline = performance.now() + ms;
  }

  get isOver(): boolean {
    return performance.now() > this.deadline;
  }

  /** Tries until the shop answers, and answers that. Whatever is not `Unavailable` is thrown, as is the last trouble at the end. */
  async insist<Answer>(attempt: () => Promise<Answer>): Promise<Answer> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        this.note(error.message);
        if (this.isOver) throw error;
        await pause(pauseMs);
      }
    }
  }

  note(trouble: string): void {
    this.troubles.set(trouble, (this.troubles.get(trouble) ?? 0) + 1);
  }
}
