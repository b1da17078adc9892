import type { EntityManager } from '@mikro-orm/postgresql';
import type { Pool, QueryResult } from 'pg';

type Query = (...args: unknown[]) => unknown;

/** What a statement begins with that waits for the next one of its transaction. To PostgreSQL it says nothing. */
const WITH_NEXT = '/* with the next */ ';

/**
 * Runs a statement of the caller's transaction whose answer nobody needs: it is sent in one message with the next one, or
 * with the commit, and what it fails of, they fail of.
 */
export async function withNext(em: EntityManager, sql: string, values: readonly unknown[]): Promise<void> {
  await em.execute(WITH_NEXT + sql, [...values], 'run');
}

/** A statement's text as it was written. */
export function statementText(text: string): string {
  return text.startsWith(WITH_NEXT) ? text.slice(WITH_NEXT.length) : text;
}

/**
 * Sends what need not be answered by itself together with what comes after it, in one message (PostgreSQL manual, "Multiple
 * Statements in a Simple Query"): a transaction's BEGIN, and what says that it goes with the next. Each message less is a
 * round trip, and two switches between processes. A transaction in which nothing was asked is none. Of a message's
 * statements those after one that fails do not run, its COMMIT neither; one that can't even be read has run none, nor begun
 * anything: who hears of that must not go on, and nobody does.
 */
export function sendTogether(pool: Pool): void {
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as Query;
    const batches = new Batches(query);
    Object.assign(client, { query: ((...args) => batches.query(args)) satisfies Query });
  });
}

/** What waits, on one connection, for the next statement of the transaction that is open there. */
class Batches {
  private isOpen = false;
  private waiting: string[] = [];

  constructor(private readonly send: Query) {}

  query(args: readonly unknown[]): unknown {
    const [text, values] = args;
    switch (text) {
      case 'begin':
        this.isOpen = true;
        this.waiting = ['begin'];
        return answered('BEGIN');
      case 'commit':
        return this.commit();
      case 'rollback':
        return this.rollback();
    }
    if (this.isOpen && typeof text === 'string' && text.startsWith(WITH_NEXT)) {
      this.waiting.push(text);
      return answered('WAITS');
    }
    // What has waited since the savepoint is undone before it was done; what came before it was sent with it.
    if (typeof text === 'string' && text.startsWith('rollback to')) this.waiting = [];
    if (this.waiting.length === 0) return this.send(...args);
    const before = this.taken();
    if (typeof text === 'string' && args.length <= 2 && (values === undefined || isEmpty(values)))
      return this.sendAll([...before, text]);
    // What has values goes in several messages of its own.
    return this.sendAll(before).then(() => this.send(...args));
  }

  private commit(): unknown {
    this.isOpen = false;
    const before = this.taken();
    return before.length === 1 && before[0] === 'begin' ? answered('COMMIT') : this.sendAll([...before, 'commit']);
  }

  /** What waits is not sent any more. */
  private rollback(): unknown {
    this.isOpen = false;
    return this.taken()[0] === 'begin' ? answered('ROLLBACK') : this.send('rollback');
  }

  private taken(): string[] {
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }

  /** The answer to the last of them. */
  private async sendAll(texts: readonly string[]): Promise<unknown> {
    const results = (await this.send(texts.map(statementText).join('\n;'))) as QueryResult | QueryResult[];
    return Array.isArray(results) ? results.at(-1) : results;
  }
}

const isEmpty = (values: unknown): boolean => Array.isArray(values) && values.length === 0;

/** What a statement is answered that is not sent now. */
function answered(command: string): Promise<Pick<QueryResult, 'command' | 'rowCount' | 'rows' | 'fields'>> {
  return Promise.resolve({ command, rowCount: null, rows: [], fields: [] });
}
