import type { ProcessName } from '@shop/system/ports';
import { isAlive } from '@shop/system/servers/processes';
import type { RunningShop } from '../e2e/running-shop.js';
import { eventually } from '../support/eventually.js';

const PATIENT = { timeoutMs: 60_000, everyMs: 25 };

/** Asks a process to stop, and answers how long it took to be gone, in milliseconds. One that is just starting is waited for. */
export async function stopInOrder(shop: RunningShop, name: ProcessName): Promise<number> {
  const pid = await eventually(() => {
    const running = shop.pidOf(name);
    if (running === undefined) throw new Error(`${name} does not run`);
    return running;
  }, PATIENT);
  const since = performance.now();
  process.kill(pid, 'SIGTERM');
  await eventually(() => expect(isAlive(pid)).toBe(false), PATIENT);
  return performance.now() - since;
}
