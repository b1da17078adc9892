import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import { consume, type Counted } from './consume.js';
import type { RateLimit } from './rate-limits.js';

/** What was counted here is told to the others after so long, all keys together. */
const SETTLED_AFTER_MS = 100;
const MINUTE_MS = 60_000;

/** What this process knows of a key's minute. */
interface Tally {
  /** What was counted by all, when it was last asked. */
  told: number;
  /** Counted here since; on its way, and not yet sent. */
  sent: number;
  unsent: number;
  /** When the minute is over, by the monotonic clock in ms. */
  endsAt: number;
}

/**
 * A limit that decides by what this process knows, and settles with the others later. Whom it does not know in this minute
 * it asks about first: who is refused elsewhere is refused here.
 */
export class SettledLimit implements RateLimit {
  readonly counts = true;
  private readonly tallies = new Map<string, Tally>();
  private readonly unsettled = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private sweptAt = performance.now();

  constructor(private readonly limiter: RateLimiterAbstract) {}

  async take(key: string, count = 1): Promise<number> {
    const now = performance.now();
    const tally = this.tallies.get(key);
    if (!tally || tally.endsAt <= now) return this.ask(key, count);
    if (tally.told + tally.sent + tally.unsent + count > this.limiter.points) return Math.ceil(tally.endsAt - now);
    tally.unsent += count;
    this.unsettled.add(key);
    this.timer ??= setTimeout(() => this.settle(), SETTLED_AFTER_MS).unref();
    return 0;
  }

  async forget(key: string): Promise<void> {
    this.tallies.delete(key);
    this.unsettled.delete(key);
    await this.limiter.delete(key).catch(() => false);
  }

  private async ask(key: string, count: number): Promise<number> {
    const counted = await consume(this.limiter, key, count);
    if (counted) this.learn(key, counted);
    this.sweep();
    return counted?.refused ? counted.waitMs : 0;
  }

  private settle(): void {
    this.timer = undefined;
    for (const key of this.unsettled) void this.tell(key);
    this.unsettled.clear();
    this.sweep();
  }

  private async tell(key: string): Promise<void> {
    const tally = this.tallies.get(key);
    if (!tally) return;
    const count = tally.unsent;
    tally.unsent = 0;
    tally.sent += count;
    const counted = await consume(this.limiter, key, count);
    tally.sent -= count;
    if (counted) this.learn(key, counted);
    else tally.told += count;
  }

  private learn(key: string, { total, waitMs }: Counted): void {
    const endsAt = performance.now() + waitMs;
    const tally = this.tallies.get(key);
    if (tally) Object.assign(tally, { told: total, endsAt });
    else this.tallies.set(key, { told: total, sent: 0, unsent: 0, endsAt });
  }

  /** Once a minute: who has not come again is not kept. */
  private sweep(): void {
    const now = performance.now();
    if (now - this.sweptAt < MINUTE_MS) return;
    this.sweptAt = now;
    for (const [key, { endsAt, sent, unsent }] of this.tallies)
      if (endsAt <= now && sent + unsent === 0) this.tallies.delete(key);
  }
}
