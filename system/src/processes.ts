import { join } from 'node:path';
import type { Cleanup } from './cleanup.js';
import { addressOf, type Environment } from './environment.js';
import { processNames, type ProcessName } from './ports.js';
import { untilReadyAt } from './readiness.js';
import { ServiceProcess } from './service-process.js';
import type { Say } from './servers/say.js';

/**
 * Starts every service and the gateway as a process of its own and resolves when all are ready. One that ends before it
 * ever was ready fails the start; one that dies later is started again.
 */
export async function startProcesses(
  root: string,
  environments: Readonly<Record<ProcessName, Environment>>,
  cleanup: Cleanup,
  say: Say,
  signal: AbortSignal,
): Promise<void> {
  const services = new Map<ProcessName, ServiceProcess>();
  // The gateway stops first, as it needs the others for what it still answers.
  cleanup.add(
    'services',
    async () => void (await Promise.all([...services.values()].map((service) => service.stop()))),
  );
  cleanup.add('gateway', async () => services.get('gateway')?.stop());
  const waits = processNames.map(async (name) => {
    const environment = environments[name];
    const service = new ServiceProcess(name, scriptOf(root, name), environment, say);
    services.set(name, service);
    service.start();
    const address = addressOf(Number(environment['PORT']), environment['HOST']);
    await untilReadyAt(address, { signal, failed: () => service.ended() });
    service.keepAlive();
  });
  await Promise.all(waits);
}

/** Where the launcher's `bundle` puts it. */
function scriptOf(root: string, name: ProcessName): string {
  return join(root, '.cache', 'processes', `${name}.js`);
}
