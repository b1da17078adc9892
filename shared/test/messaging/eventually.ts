import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 20;

/** Asks until the answer satisfies, or fails with the last one at the deadline. */
export async function eventually<T>(
  ask: () => Promise<T> | T,
  satisfies: (answer: T) => boolean,
  limitMs = 15_000,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(answer)} after ${limitMs} ms`);
    await pause(POLL_MS);
  }
}
