import { Cleanup } from './cleanup.js';
import { provideDatabaseServer } from './database-server.js';
import type { Environment } from './environment.js';
import { dataFolderOf } from './secrets.js';
import type { Say } from './servers/say.js';

/**
 * The PostgreSQL of the shop of this folder, started when it is not given and does not run, and kept up over the restarts of
 * the shop until `stop`.
 */
export async function holdDatabase(
  root: string,
  outer: Environment,
  say: Say,
): Promise<{ url: string; stop(): Promise<void> }> {
  const cleanup = new Cleanup();
  const { signal } = new AbortController();
  const url = await provideDatabaseServer({ outer, dataFolder: dataFolderOf(root, outer), cleanup, say, signal });
  return {
    url,
    stop: async () => {
      await cleanup.run(say, 10);
    },
  };
}
