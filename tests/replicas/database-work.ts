import { serviceNames } from '@shop/shared/backing/roster';
import { connected } from '../support/connected.js';

/** What a shop's databases have done since they were made. */
export interface DatabaseWork {
  readonly transactions: number;
  /** Of the whole server, in bytes: what goes to disk, and to each standby. */
  readonly wal: number;
  /** All databases together, in bytes. */
  readonly size: number;
  readonly connections: number;
}

/** Reads it; PostgreSQL counts transactions a second late or so. */
export async function databaseWork(shop: { database(service: string): string }): Promise<DatabaseWork> {
  const names = serviceNames.map((name) => new URL(shop.database(name)).pathname.slice(1));
  return connected(shop.database('orders'), async (client) => {
    const { rows } = await client.query<Record<keyof DatabaseWork, string>>(
      `select sum(xact_commit) as transactions, sum(numbackends) as connections, sum(pg_database_size(datname)) as size,
         pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as wal
       from pg_stat_database where datname = any($1)`,
      [names],
    );
    const { transactions = 0, wal = 0, size = 0, connections = 0 } = rows[0] ?? {};
    return {
      transactions: Number(transactions),
      wal: Number(wal),
      size: Number(size),
      connections: Number(connections),
    };
  });
}
