import type { OutboxRow } from './outbox.js';

/** So long what was confirmed waits for others, to be marked with them in one statement. */
const TOGETHER_WITHIN_MS = 100;

/** Marks rows as published: one statement at a time, for all that were confirmed meanwhile. */
export class Marks {
  private waiting: OutboxRow[] = [];
  /** How many are being marked. */
  private inHand = 0;
  private marking: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** `onFailure` hears that some could not be marked: they wait for the next `flush`. */
  constructor(
    private readonly mark: (rows: readonly OutboxRow[]) => Promise<void>,
    private readonly onFailure: () => void,
  ) {}

  /** They are marked soon. */
  add(rows: readonly OutboxRow[]): void {
    this.waiting.push(...rows);
    if (this.waiting.length === 0) return;
    this.timer ??= setTimeout(() => void this.flush().catch(this.onFailure), TOGETHER_WITHIN_MS);
  }

  /** How many are not marked yet. */
  get count(): number {
    return this.waiting.length + this.inHand;
  }

  /** Resolves when all that were added until now are marked. Rejects when they could not be. */
  async flush(): Promise<void> {
    await this.marking;
    if (!this.marking && this.waiting.length > 0)
      this.marking = this.markWaiting().finally(() => (this.marking = undefined));
    // Perhaps another flush has begun to mark them.
    await this.marking;
  }

  private async markWaiting(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const rows = this.waiting;
    this.waiting = [];
    this.inHand = rows.length;
    try {
      await this.mark(rows);
    } catch (error) {
      this.waiting = [...rows, ...this.waiting];
      throw error;
    } finally {
      this.inHand = 0;
    }
  }
}
