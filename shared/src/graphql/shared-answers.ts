import { setImmediate } from 'node:timers/promises';

/** One that takes longer keeps nobody waiting for its end. */
const LONGEST_WAIT_MS = 20;

/**
 * Turns of the event loop in which those who were just answered can ask again before the next request is sent: then they share
 * it. More share one that is sent a little later; who asks while nobody else's is under way waits for nothing.
 */
const TURNS = 3;

/** The requests of one key: the one that was sent last, and the one that is sent after it. */
interface Turn<Answer> {
  readonly sent: Promise<Answer>;
  next: Promise<Answer> | undefined;
}

/**
 * Has equal requests share an answer, and yet nobody one to a request that was sent before theirs: who comes while one is
 * under way waits for its end, with all others who do, and then one is sent for them. So each reads what was written before
 * it asked.
 */
export class SharedAnswers<Answer> {
  private readonly turns = new Map<string, Turn<Answer>>();

  /** Resolves, or rejects, as `send` does, or as that of somebody else who asks for the same. */
  run(key: string, send: () => Promise<Answer>): Promise<Answer> {
    const turn = this.turns.get(key);
    if (!turn) return this.send(key, send);
    return (turn.next ??= this.after(turn.sent).then(() => this.send(key, send)));
  }

  private send(key: string, send: () => Promise<Answer>): Promise<Answer> {
    const sent = send();
    const turn: Turn<Answer> = { sent, next: undefined };
    this.turns.set(key, turn);
    const forget = () => {
      if (this.turns.get(key) === turn && !turn.next) this.turns.delete(key);
    };
    sent.then(forget, forget);
    return sent;
  }

  private async after(sent: Promise<Answer>): Promise<void> {
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, LONGEST_WAIT_MS);
      const over = () => {
        clearTimeout(late);
        resolve();
      };
      sent.then(over, over);
    });
    for (let turn = 0; turn < TURNS; turn += 1) await setImmediate();
  }
}
