import { gatewayPort, servicePorts } from '@shop/shared/backing/roster';
import type { ProcessName } from '@shop/system/ports';
import { isAlive } from '@shop/system/servers/processes';
import type { RunningShop } from '../e2e/running-shop.js';
import { eventually } from '../support/eventually.js';
import type { Calm } from './calm.js';

const BACK_WITHIN = { timeoutMs: 60_000, everyMs: 25 };

/**
 * Asks one process to stop, and waits until the next one is there and all that had failed meanwhile was made once more.
 * Answers how long the stop took, in milliseconds.
 */
export async function restartInOrder(shop: RunningShop, name: ProcessName, calm: Calm): Promise<number> {
  const pid = await eventually(() => {
    const running = shop.pidOf(name);
    if (running === undefined) throw new Error(`${name} does not run`);
    return running;
  });
  const port = name === 'gateway' ? gatewayPort : servicePorts[name];
  calm.disturb();
  const since = performance.now();
  process.kill(pid, 'SIGTERM');
  await eventually(() => expect(isAlive(pid)).toBe(false), BACK_WITHIN);
  const stoppedAfter = performance.now() - since;
  await eventually(async () => {
    expect((await fetch(`${shop.service(port)}/readyz`)).status).toBe(200);
    expect((await fetch(`${shop.gateway}/readyz`)).status).toBe(200);
  }, BACK_WITHIN);
  calm.settle();
  await eventually(() => expect(calm.unfinished).toBe(0), BACK_WITHIN);
  return stoppedAfter;
}
