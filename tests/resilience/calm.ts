/** What was asked, and what came of it. */
export interface Traffic {
  requests: number;
  /** Why each request that was made once more had failed. */
  readonly repeated: string[];
  /** Why a request failed that had been made once more, or whose failure no repetition mends. */
  readonly failed: string[];
}

/** Whether all of the shop is there now: a client whose request failed repeats it then. */
export class Calm {
  private over = false;
  private calm: PromiseWithResolvers<void> = Promise.withResolvers();
  private repeating = 0;

  constructor() {
    this.calm.resolve();
  }

  get isOver(): boolean {
    return this.over;
  }

  /** Something is away from now on. */
  disturb(): void {
    this.calm = Promise.withResolvers();
  }

  settle(): void {
    this.calm.resolve();
  }

  /** Nobody begins anything new. */
  end(): void {
    this.over = true;
  }

  /** How many requests wait for calm, or are being repeated. */
  get unfinished(): number {
    return this.repeating;
  }

  /** Does something once all is there. */
  async once<Answer>(repeat: () => Promise<Answer>): Promise<Answer> {
    this.repeating += 1;
    try {
      await this.calm.promise;
      return await repeat();
    } finally {
      this.repeating -= 1;
    }
  }
}
