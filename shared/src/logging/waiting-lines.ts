/** Lines that wait to be shipped, at most, and their characters. */
const MAX_LINES = 5_000;
const MAX_CHARACTERS = 8_000_000;
/** So many are shipped before other work gets its turn. */
const BATCH = 100;

/**
 * Log lines on their way out of the process, oldest first. Taking one costs next to nothing; they are shipped a batch at a
 * time, between other work. The oldest quarter is dropped when too many wait.
 */
export class WaitingLines {
  /** Lines that were lost since the start. */
  dropped = 0;
  private lines: string[] = [];
  private characters = 0;
  private scheduled = false;

  /** `ship` answers false when it takes no more for now: neither this line nor any other. */
  constructor(private readonly ship: (line: string) => boolean) {}

  add(line: string): void {
    this.lines.push(line);
    this.characters += line.length;
    if (this.lines.length > MAX_LINES || this.characters > MAX_CHARACTERS) this.dropOldest();
  }

  /** Ships what waits, soon, for as long as it is taken. */
  shipSoon(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      if (this.shipBatch()) this.shipSoon();
    });
  }

  /** True when more can follow at once. */
  shipBatch(): boolean {
    const batch = this.lines.slice(0, BATCH);
    const refused = batch.findIndex((line) => !this.ship(line));
    this.remove(refused === -1 ? batch.length : refused);
    return refused === -1 && this.lines.length > 0;
  }

  /** In quarters, so that a full buffer does not move at every line. */
  private dropOldest(): void {
    this.dropped += this.remove(Math.ceil(this.lines.length / 4));
  }

  private remove(count: number): number {
    const removed = this.lines.splice(0, count);
    for (const line of removed) this.characters -= line.length;
    return removed.length;
  }
}
