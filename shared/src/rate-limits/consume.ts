import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';

/** How a key stands in its minute, with all that was counted for it. */
export interface Counted {
  readonly refused: boolean;
  readonly total: number;
  /** Until its minute is over, at least 1. */
  readonly waitMs: number;
}

/** Counts some more for a key. Undefined when the counting itself failed, which refuses nobody; never rejects. */
export async function consume(limiter: RateLimiterAbstract, key: string, count: number): Promise<Counted | undefined> {
  try {
    const { consumedPoints, msBeforeNext } = await limiter.consume(key, count);
    return { refused: false, total: consumedPoints, waitMs: Math.max(msBeforeNext, 1) };
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) return undefined;
    // Of a key that it refuses from memory, the library says that it has consumed nothing.
    const total = Math.max(refusal.consumedPoints, limiter.points + 1);
    return { refused: true, total, waitMs: Math.max(refusal.msBeforeNext, 1) };
  }
}
