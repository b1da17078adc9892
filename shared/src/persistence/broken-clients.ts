import type { Pool, PoolClient } from 'pg';
import { isUnanswered } from './unanswered.js';

type Query = (...args: unknown[]) => unknown;

/**
 * Has a pool take back, and throw away, every client whose connection breaks, or falls silent, while it is out. Kysely,
 * below MikroORM, gives a transaction's client back only after a COMMIT or ROLLBACK that worked: without this each
 * transaction that loses its connection would keep a place in the pool for ever, until none is left.
 */
export function takeBackBrokenClients(pool: Pool): void {
  const connect = pool.connect.bind(pool) as () => Promise<PoolClient>;
  const connectAndWatch = async (): Promise<PoolClient> => {
    const client = await connect();
    const release = client.release.bind(client);
    const broken = () => client.release(true);
    let isOut = true;
    // Whoever is second, we or the borrower, finds it given back already.
    client.release = (error?: Error | boolean) => {
      if (!isOut) return;
      isOut = false;
      client.off('error', broken);
      release(error);
    };
    client.on('error', broken);
    return client;
  };
  Object.assign(pool, { connect: connectAndWatch });
  pool.on('connect', giveBackWhenUnanswered);
}

/** A client that waits for an answer in vain is busy for ever: what is asked of it later would wait as long, each time. */
function giveBackWhenUnanswered(client: PoolClient): void {
  const query = client.query.bind(client) as Query;
  const watched: Query = (...args) => {
    const result = query(...args);
    if (result instanceof Promise)
      result.catch((error: unknown) => {
        if (isUnanswered(error)) client.release(true);
      });
    return result;
  };
  Object.assign(client, { query: watched });
}
