import type { Cleanup } from './cleanup.js';
import type { Environment } from './environment.js';
import { createDatabases, databaseNames } from './databases.js';
import { unlessAborted } from './interruption.js';
import { leaseDatabase } from './servers/database-lease.js';
import { postgresFolder } from './servers/postgres-folder.js';
import { startPostgres } from './servers/postgres.js';
import type { Say } from './servers/say.js';
import { postgresUrl } from './servers/server-url.js';

/** What a PostgreSQL server is provided with. */
export interface Provision {
  readonly outer: Environment;
  readonly dataFolder: string;
  readonly cleanup: Cleanup;
  readonly say: Say;
  /** Ends the wait for the server, and a server that was on its way. */
  readonly signal: AbortSignal;
}

/**
 * A PostgreSQL server with all our databases on it, and its URL: the one of `DATABASE_URL`, else a real one out of npm,
 * its data kept below `dataFolder`. `cleanup` stops the latter, unless another launcher uses it as well.
 */
export async function provideDatabaseServer(provision: Provision): Promise<string> {
  const { outer, signal } = provision;
  const url = givenServer(outer) ?? (await ourOwn(provision));
  await unlessAborted(signal, createDatabases(url, databaseNames(outer)));
  return url;
}

/** The server of `DATABASE_URL`, when there is one. Throws one sentence when it is no URL of a PostgreSQL server. */
export function givenServer(outer: Environment): string | undefined {
  const { DATABASE_URL: given } = outer;
  if (given) postgresUrl('DATABASE_URL', given);
  return given || undefined;
}

async function ourOwn({ dataFolder, cleanup, say, signal }: Provision): Promise<string> {
  const server = await startPostgres({ folder: postgresFolder(dataFolder, say), durable: true, signal }, say);
  const leasing = leaseDatabase(server.url);
  cleanup.add('PostgreSQL', async () => {
    const lease = await leasing.catch(() => undefined);
    const others = await lease?.others().finally(() => lease.end());
    if (!others) await server.stop();
  });
  await leasing;
  return server.url;
}
