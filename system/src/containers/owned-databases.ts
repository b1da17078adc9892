import pg from 'pg';
import { createDatabases, databaseUrl } from '../databases.js';

/** A database that one user owns. */
export interface OwnedDatabase {
  readonly name: string;
  readonly user: string;
  readonly password: string;
}

/**
 * Makes a database and the user that owns it: who may log in there and nowhere else, and has no right over the server or
 * over others. What is there already stays, with this password from now on, and whatever an administrator made in it
 * (a shop that ran on the same server before) becomes the user's.
 * @throws one sentence, with no password in it, when the server can't be reached or doesn't allow it
 */
export async function createOwnedDatabase(serverUrl: string, { name, user, password }: OwnedDatabase): Promise<void> {
  await createDatabases(serverUrl, [name]);
  await connected(serverUrl, async (server) => {
    const role = server.escapeIdentifier(user);
    const { rowCount } = await server.query('select from pg_roles where rolname = $1', [user]);
    // A new one has no right but to log in.
    await server.query(
      `${rowCount ? 'alter' : 'create'} role ${role} login password ${server.escapeLiteral(password)}`,
    );
    const database = server.escapeIdentifier(name);
    await server.query(`alter database ${database} owner to ${role}`);
    await server.query(`revoke all on database ${database} from public`);
  });
  await connected(databaseUrl(serverUrl, name), (database) => handOver(database, user));
}

/** Every table, view, sequence and function of the public schema, but those of an extension; what belongs to a table goes with it. */
async function handOver(database: pg.Client, user: string): Promise<void> {
  const { rows } = await database.query<{ what: string }>(
    `select format('%s %s', case c.relkind when 'v' then 'view' when 'm' then 'materialized view'
                            when 'S' then 'sequence' else 'table' end, c.oid::regclass) as what
       from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S')
        and pg_get_userbyid(c.relowner) <> $1
        and not exists (select from pg_depend d where d.objid = c.oid and d.deptype in ('e', 'a', 'i'))
     union all
     select format('routine %s', p.oid::regprocedure)
       from pg_proc p
      where p.pronamespace = 'public'::regnamespace and pg_get_userbyid(p.proowner) <> $1
        and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`,
    [user],
  );
  const owner = database.escapeIdentifier(user);
  for (const { what } of rows) await database.query(`alter ${what} owner to ${owner}`);
}

async function connected(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 30_000 });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
