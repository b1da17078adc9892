import { setTimeout as pause } from 'node:timers/promises';

/**
 * Does a work again and again, after pauses that are up to half as long again as told: not all processes at once, though
 * all may have started at once. The work must not reject.
 */
export class Repeating {
  private readonly stopping = new AbortController();
  private done: Promise<void> | undefined;

  constructor(
    private readonly pauseMs: number | (() => number),
    private readonly work: () => Promise<void>,
  ) {}

  /** Begins with a pause. */
  start(): void {
    this.done = this.repeat();
  }

  /** From now on no work begins; resolves when the last has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.done;
  }

  get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async repeat(): Promise<void> {
    const { signal } = this.stopping;
    for (;;) {
      const pauseMs = typeof this.pauseMs === 'number' ? this.pauseMs : this.pauseMs();
      const ms = pauseMs * (1 + Math.random() / 2);
      await pause(ms, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      await this.work();
    }
  }
}
