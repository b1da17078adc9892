import { setTimeout as pause } from 'node:timers/promises';
import type { Say } from './servers/say.js';

/** What has to be stopped in the end, in the reverse of the order in which it was started. */
export class Cleanup {
  private readonly steps: { what: string; stop: () => Promise<void> }[] = [];

  add(what: string, stop: () => Promise<void>): void {
    this.steps.push({ what, stop });
  }

  /**
   * Stops everything, also after a step that failed, which it says. After `seconds` it waits no longer.
   * Returns false when a step failed, or took too long.
   */
  async run(say: Say, seconds: number): Promise<boolean> {
    const late = pause(seconds * 1000, 'late' as const, { ref: false });
    let clean = true;
    for (let step = this.steps.pop(); step; step = this.steps.pop()) {
      try {
        if ((await Promise.race([step.stop(), late])) !== 'late') continue;
        say(`${step.what} did not stop in time.`);
        return false;
      } catch (error) {
        clean = false;
        say(`${step.what} did not stop cleanly: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return clean;
  }
}
