import type { Cleanup } from './cleanup.js';
import type { Environment } from './environment.js';
import { createDatabases, databaseNames } from './databases.js';
import { leaseDatabase } from './servers/database-lease.js';
import { postgresFolder } from './servers/postgres-folder.js';
import { startPostgres } from './servers/postgres.js';
import type { Say } from './servers/say.js';

/**
 * A PostgreSQL server with all our databases on it, and its URL: the one of `DATABASE_URL`, else a real one out of npm,
 * its data kept below `dataFolder`. `cleanup` stops the latter, unless another launcher uses it as well.
 */
export async function provideDatabaseServer(
  outer: Environment,
  dataFolder: string,
  cleanup: Cleanup,
  say: Say,
): Promise<string> {
  const url = outer['DATABASE_URL'] || (await ourOwn(dataFolder, cleanup, say));
  await createDatabases(url, databaseNames(outer));
  return url;
}

async function ourOwn(dataFolder: string, cleanup: Cleanup, say: Say): Promise<string> {
  const server = await startPostgres({ folder: postgresFolder(dataFolder, say), durable: true }, say);
  const lease = await leaseDatabase(server.url);
  cleanup.add('PostgreSQL', async () => {
    const others = await lease.others().finally(() => lease.end());
    if (others === 0) await server.stop();
  });
  return server.url;
}
