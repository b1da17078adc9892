import type { Outcome } from './operations.js';

interface Operation {
  answers?: Extract<Outcome, { kind: 'stream' }>['answers'];
}

/**
 * The operations of one connection that are under way: each from before it is prepared until it has ended, whatever its
 * client calls it. A client may give several the same name; what it has ended by a name may still be on its way.
 */
export class UnderWay {
  private readonly operations = new Set<Operation>();
  private closed = false;

  get count(): number {
    return this.operations.size;
  }

  /** Starts one more, and counts it until it has ended. */
  async run(start: () => Promise<Outcome>): Promise<Outcome> {
    const operation: Operation = {};
    const ended = () => void this.operations.delete(operation);
    this.operations.add(operation);
    try {
      const outcome = await start();
      if (outcome.kind === 'stream') {
        operation.answers = outcome.answers;
        void outcome.ended.then(ended);
        if (this.closed) void outcome.answers.return();
      } else ended();
      return outcome;
    } catch (error) {
      ended();
      throw error;
    }
  }

  /** Ends what is under way, and what is still being prepared: the connection is gone. */
  close(): void {
    this.closed = true;
    for (const { answers } of this.operations) void answers?.return();
  }
}
