const WINDOW_MS = 60_000;
/** With more addresses than this in memory, those whose window has passed are forgotten. */
const MANY = 10_000;

/** How often an address may try in any minute. What is refused does not count. */
export class AttemptWindow {
  private readonly attempts = new Map<string, number[]>();

  /** `limit` 0 admits everything. */
  constructor(private readonly limit: number) {}

  /** Counts a try of an address at `now` (milliseconds since the epoch). False: too many. */
  admit(address: string, now: number): boolean {
    if (this.limit === 0) return true;
    const recent = (this.attempts.get(address) ?? []).filter((at) => at > now - WINDOW_MS);
    const admitted = recent.length < this.limit;
    if (admitted) recent.push(now);
    this.attempts.set(address, recent);
    if (this.attempts.size > MANY) this.forget(now);
    return admitted;
  }

  private forget(now: number): void {
    for (const [address, attempts] of this.attempts) {
      if ((attempts.at(-1) ?? 0) <= now - WINDOW_MS) this.attempts.delete(address);
    }
  }
}
