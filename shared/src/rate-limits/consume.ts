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
    return standing(await limiter.consume(key, count), false);
  } catch (refusal) {
    return refusal instanceof RateLimiterRes ? standing(refusal, true) : undefined;
  }
}

function standing({ consumedPoints, msBeforeNext }: RateLimiterRes, refused: boolean): Counted {
  return { refused, total: consumedPoints, waitMs: Math.max(msBeforeNext, 1) };
}
