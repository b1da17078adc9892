import { setTimeout as pause } from 'node:timers/promises';

/** Eight processes start beside each other, and the machine may be busy with more than them. */
const WITHIN_S = 240;

/**
 * Resolves when a process answers its /readyz with 200. Rejects when `signal` aborts, when `failed` tells why it never
 * will, or after WITHIN_S, with what it answered last.
 */
export async function untilReadyAt(
  address: string,
  { signal, failed = () => undefined }: { signal: AbortSignal; failed?: () => string | undefined },
): Promise<void> {
  const deadline = performance.now() + WITHIN_S * 1000;
  let last = 'no answer';
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    const reason = failed();
    if (reason !== undefined) throw new Error(reason);
    try {
      const response = await fetch(`${address}/readyz`, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(5000)]),
      });
      const body = await response.text();
      if (response.ok) return;
      last = `${response.status} ${body.slice(0, 500)}`;
    } catch {
      // Not listening yet; the loop looks again.
    }
    await pause(25, undefined, { signal });
  }
  throw new Error(`${address}/readyz did not become ready within ${WITHIN_S} s: ${last}`);
}
