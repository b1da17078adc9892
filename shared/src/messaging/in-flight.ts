/** Counts the handlers that are at work, so that a stop can wait for them. */
export class InFlight {
  private readonly running = new Set<Promise<void>>();

  get count(): number {
    return this.running.size;
  }

  /** Runs a piece of work that never rejects. */
  track(work: Promise<void>): void {
    this.running.add(work);
    void work.finally(() => this.running.delete(work));
  }

  /** Resolves when all the work that is running now has ended, or after the limit: false then. */
  async settled(limitMs: number): Promise<boolean> {
    return within(limitMs, Promise.all(this.running));
  }
}

/** Waits for a promise, but not longer than the limit. False when the limit came first; rejections pass through. */
export async function within(limitMs: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), limitMs)));
  try {
    return await Promise.race([work.then(() => true), limit]);
  } finally {
    clearTimeout(timer);
  }
}
