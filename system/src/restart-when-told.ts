import { join } from 'node:path';
import type { Cleanup } from './cleanup.js';
import { addressOf, type Environment } from './environment.js';
import { type ProcessName, processNames } from './ports.js';
import { untilReadyAt } from './readiness.js';
import type { ServiceProcess } from './service-process.js';
import type { Say } from './servers/say.js';
import { Standby } from './standby.js';

interface Restarting {
  readonly root: string;
  readonly outer: Environment;
  readonly running: ReadonlyMap<ProcessName, ServiceProcess>;
  readonly each: Readonly<Record<ProcessName, Environment>>;
  readonly cleanup: Cleanup;
  readonly signal: AbortSignal;
  readonly say: Say;
}

/**
 * Starts those processes again that `{ restart: [...] }` from our parent names, as they have been built meanwhile, and
 * answers `{ ready: true }` when all of them are ready. One stands by, so that it is fast for a single one.
 */
export function restartWhenTold({ root, outer, running, each, cleanup, signal, say }: Restarting): void {
  const standby = new Standby(root, outer);
  standby.prepare();
  cleanup.add('standby', async () => standby.stop());
  let work = Promise.resolve();

  async function restart(name: ProcessName): Promise<void> {
    const dist = join(root, name === 'gateway' ? 'gateway' : join('subgraphs', name), 'dist');
    const service = running.get(name);
    await service?.replace(join(dist, 'main.js'), standby.take(), [join(dist, 'system.js')]);
    const { PORT, HOST } = each[name];
    await untilReadyAt(addressOf(Number(PORT), HOST), { seconds: 60, signal, failed: () => service?.ended() });
  }

  process.on('message', ({ restart: names = [] }: { restart?: readonly string[] }) => {
    work = work.then(async () => {
      const wanted = processNames.filter((name) => names.includes(name));
      const results = await Promise.allSettled(wanted.map(restart));
      for (const result of results)
        if (result.status === 'rejected')
          say(result.reason instanceof Error ? result.reason.message : String(result.reason));
      process.send?.({ ready: results.every(({ status }) => status === 'fulfilled') });
      standby.prepare();
    });
  });
}
