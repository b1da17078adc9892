import type { Say } from './servers/say.js';

/** What has to be stopped in the end, in the reverse of the order in which it was started. */
export class Cleanup {
  private readonly steps: { what: string; stop: () => Promise<void> }[] = [];

  add(what: string, stop: () => Promise<void>): void {
    this.steps.push({ what, stop });
  }

  /** Stops everything, also after a step that failed, which it says. Returns false when one failed. */
  async run(say: Say): Promise<boolean> {
    let clean = true;
    for (let step = this.steps.pop(); step; step = this.steps.pop()) {
      try {
        await step.stop();
      } catch (error) {
        clean = false;
        say(`${step.what} did not stop cleanly: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return clean;
  }
}
