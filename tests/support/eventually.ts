import { setTimeout as pause } from 'node:timers/promises';

/** Repeats an assertion until it holds, and answers what it answers; throws its last failure at the deadline. */
export async function eventually<Result>(
  assertion: () => Result | Promise<Result>,
  { timeoutMs = 15_000, everyMs = 10 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<Result> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() >= deadline) throw error;
      await pause(everyMs);
    }
  }
}
