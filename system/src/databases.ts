import pg from 'pg';
import { type ServiceName, serviceNames } from '@shop/shared/backing/roster';

type Environment = Readonly<Record<string, string | undefined>>;

/** The name of a service's database: the service's own, after `DATABASE_PREFIX`, so that several shops can share a server. */
export function databaseName(service: ServiceName | 'bus', environment: Environment): string {
  const prefix = environment['DATABASE_PREFIX'] ?? '';
  if (!/^[a-z0-9_]{0,40}$/.test(prefix)) {
    throw new Error('DATABASE_PREFIX must be at most 40 of a to z, 0 to 9 and the underscore.');
  }
  return prefix + service;
}

/** One database for each service, and one for the embedded message bus. */
export function databaseNames(environment: Environment): readonly string[] {
  return ([...serviceNames, 'bus'] as const).map((service) => databaseName(service, environment));
}

/** The URL of a database on the server that `serverUrl` points to. */
export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/**
 * Creates those databases that the server lacks.
 * @throws one sentence, with no password in it, when the server can't be reached or doesn't allow it
 */
export async function createDatabases(serverUrl: string, names: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl, connectionTimeoutMillis: 30_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ datname: string }>('select datname from pg_database');
    const present = new Set(rows.map((row) => row.datname));
    for (const name of names.filter((candidate) => !present.has(candidate))) await create(client, name);
  } catch (cause) {
    const { hostname, port } = new URL(serverUrl);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The databases can't be prepared on PostgreSQL at ${hostname}:${port || 5432}: ${reason}`, {
      cause,
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Two launchers may create it at the same time: the loser gets 42P04, or 23505 from the catalogue's unique index. */
async function create(client: pg.Client, name: string): Promise<void> {
  try {
    await client.query(`create database ${client.escapeIdentifier(name)}`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || !['42P04', '23505'].includes(error.code ?? '')) throw error;
  }
}
