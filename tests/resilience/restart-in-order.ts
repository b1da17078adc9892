import { gatewayPort, servicePorts } from '@shop/shared/backing/roster';
import type { ProcessName } from '@shop/system/ports';
import type { RunningShop } from '../e2e/running-shop.js';
import { eventually } from '../support/eventually.js';
import type { Calm } from './calm.js';
import { stopInOrder } from './running-process.js';

const BACK_WITHIN = { timeoutMs: 60_000, everyMs: 25 };

/**
 * Asks one process to stop, and waits until the next one is there and all that had failed meanwhile was made once more.
 * Answers how long the stop took, in milliseconds.
 */
export async function restartInOrder(shop: RunningShop, name: ProcessName, calm: Calm): Promise<number> {
  const port = name === 'gateway' ? gatewayPort : servicePorts[name];
  calm.disturb();
  const stoppedAfter = await stopInOrder(shop, name);
  await eventually(async () => {
    expect((await fetch(`${shop.service(port)}/readyz`)).status).toBe(200);
    expect((await fetch(`${shop.gateway}/readyz`)).status).toBe(200);
  }, BACK_WITHIN);
  calm.settle();
  await eventually(() => expect(calm.unfinished).toBe(0), BACK_WITHIN);
  return stoppedAfter;
}
