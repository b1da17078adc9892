import { setTimeout as pause } from 'node:timers/promises';

/**
 * Polls until `condition` answers something other than undefined or false, and returns that answer.
 * Throws `failure` once `seconds` have passed. A condition that throws ends the wait with its error.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { seconds, everyMs = 20, failure }: { seconds: number; everyMs?: number; failure: () => string },
): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await condition();
    if (answer !== undefined && answer !== false) return answer as Exclude<T, undefined | false>;
    if (performance.now() > deadline) throw new Error(failure());
    await pause(everyMs);
  }
}
