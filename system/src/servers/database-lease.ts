import pg from 'pg';

/** A connection that tells other launchers of this server that it is in use. */
export interface DatabaseLease {
  /** How many others hold one too. */
  others(): Promise<number>;
  end(): Promise<void>;
}

const name = 'shop-launcher';

/** Takes a lease of a server. It ends with the process that holds it, however that one ends. */
export async function leaseDatabase(url: string): Promise<DatabaseLease> {
  const client = new pg.Client({ connectionString: url, application_name: name });
  client.on('error', () => undefined);
  await client.connect();
  return {
    others: async () => {
      const query =
        'select count(*)::int as others from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()';
      const { rows } = await client.query<{ others: number }>(query, [name]);
      return rows[0]?.others ?? 0;
    },
    end: () => client.end(),
  };
}
