import type { Pool, QueryResult } from 'pg';

type Query = (...args: unknown[]) => unknown;

/**
 * Sends a transaction's BEGIN together with its first statement, in one message (PostgreSQL manual, "Multiple Statements in
 * a Simple Query"), and none at all where nothing was asked: a round trip less for each. What fails, fails as it would have,
 * but that a first statement which can't even be read has begun nothing: who hears of that must not go on, and nobody does.
 */
export function beginLazily(pool: Pool): void {
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as Query;
    let owed = false;
    const lazy: Query = (...args) => {
      const [text, values] = args;
      if (text === 'begin') {
        owed = true;
        return Promise.resolve(resultOf('BEGIN'));
      }
      if (!owed) return query(...args);
      owed = false;
      if (text === 'commit' || text === 'rollback') return Promise.resolve(resultOf(text.toUpperCase()));
      if (typeof text === 'string' && args.length <= 2 && (values === undefined || isEmpty(values)))
        return (query(`begin;${text}`) as Promise<QueryResult | QueryResult[]>).then((results) =>
          Array.isArray(results) ? results.at(-1) : results,
        );
      // What has values goes in several messages of its own.
      return (query('begin') as Promise<unknown>).then(() => query(...args));
    };
    Object.assign(client, { query: lazy });
  });
}

const isEmpty = (values: unknown): boolean => Array.isArray(values) && values.length === 0;

function resultOf(command: string): Pick<QueryResult, 'command' | 'rowCount' | 'rows' | 'fields'> {
  return { command, rowCount: null, rows: [], fields: [] };
}
