/** How many messages of a queue are handled at once: those beyond the limit wait for a slot, first come, first served. */
export class QueueSlots {
  private taken = 0;
  private readonly waiting: ((granted: boolean) => void)[] = [];

  constructor(readonly limit: number) {}

  get full(): boolean {
    return this.taken >= this.limit;
  }

  /** Resolves to true with a slot, to false when `close` came first. */
  async acquire(): Promise<boolean> {
    if (this.full) return new Promise((resolve) => this.waiting.push(resolve));
    this.taken += 1;
    return true;
  }

  release(): void {
    const next = this.waiting.shift();
    if (next) next(true);
    else this.taken -= 1;
  }

  /** Sends away those who wait. */
  close(): void {
    for (const next of this.waiting.splice(0)) next(false);
  }
}
