import { join } from 'node:path';
import type { Replace, SystemModule } from './embedded.js';
import { FreshModules } from './fresh-modules.js';
import { processNames } from './ports.js';
import type { Say } from './servers/say.js';

/**
 * Starts those services of this process again that `{ restart: [...] }` from our parent names, as they have been built
 * meanwhile, and answers `{ ready: true }` when all of them are ready.
 */
export function restartWhenTold(root: string, replace: Replace, say: Say): void {
  const modules = new FreshModules();
  let work = Promise.resolve();
  process.on('message', ({ restart: names = [] }: { restart?: readonly string[] }) => {
    work = work.then(async () => {
      const wanted = processNames.filter((name) => names.includes(name));
      const results = await Promise.allSettled(
        wanted.map((name) => {
          const dist = join(root, name === 'gateway' ? 'gateway' : join('subgraphs', name), 'dist');
          return replace(name, () => modules.import<SystemModule>(dist, 'system.js'));
        }),
      );
      for (const result of results)
        if (result.status === 'rejected')
          say(result.reason instanceof Error ? (result.reason.stack ?? result.reason.message) : String(result.reason));
      process.send?.({ ready: results.every(({ status }) => status === 'fulfilled') });
    });
  });
}
