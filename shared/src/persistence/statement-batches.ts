import type { Pool, QueryResult } from 'pg';
import { isMarked, Pipeline, Prepared, type Statement, tell } from './pipeline.js';
import { isStalePlan } from './sql-state.js';

type Query = (...args: unknown[]) => unknown;

/**
 * Sends what need not be answered by itself together with what comes after it, in one message: a transaction's BEGIN, and what
 * says that it goes with the next. Each message less is a round trip, and two switches between processes. A transaction in which
 * nothing was asked is none. Of a message's statements those after one that fails do not run, its COMMIT neither. Of texts
 * without values, as MikroORM's, one that can't even be read has run none, nor begun anything: who hears of that must not go on, and
 * nobody does.
 */
export function sendTogether(pool: Pool): void {
  const connections = new Set<Prepared>();
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as Query;
    const prepared = new Prepared();
    connections.add(prepared);
    client.on('end', () => connections.delete(prepared));
    const batches = new Batches(query, prepared, () => connections.forEach((each) => each.forgetAll()));
    Object.assign(client, { query: ((...args) => batches.query(args)) satisfies Query });
  });
}

/** What waits, on one connection, for the next statement of the transaction that is open there. */
class Batches {
  private isOpen = false;
  private waiting: Statement[] = [];

  /** `onStale` hears that statements were read before a migration. */
  constructor(
    private readonly send: Query,
    private readonly prepared: Prepared,
    private readonly onStale: () => void,
  ) {}

  query(args: readonly unknown[]): unknown {
    const [text, values] = args;
    // A cursor, or what calls back.
    if (typeof text !== 'string' || args.length > 2)
      return this.waiting.length === 0 ? this.send(...args) : this.sendAll(this.taken()).then(() => this.send(...args));
    switch (text) {
      case 'begin':
        this.isOpen = true;
        this.waiting = [{ text, values: [] }];
        return answered('BEGIN');
      case 'commit':
        return this.commit();
      case 'rollback':
        return this.rollback();
    }
    const statement = { text, values: (values ?? []) as Statement['values'] };
    const isWithNext = isMarked(statement, 'with the next');
    if (this.isOpen && isWithNext) {
      this.waiting.push(statement);
      return answered('WAITS');
    }
    // What has waited since the savepoint is undone before it was done; what came before it was sent with it.
    if (text.startsWith('rollback to')) this.waiting = [];
    const statements = [...this.taken(), statement];
    const isText = statements.length === 1 && statement.values.length === 0 && !isWithNext;
    return isText ? this.send(text) : this.sendAll(statements);
  }

  private commit(): unknown {
    this.isOpen = false;
    const before = this.taken();
    return before.length === 1 && before[0]?.text === 'begin'
      ? answered('COMMIT')
      : this.sendAll([...before, { text: 'commit', values: [] }]);
  }

  /** What waits is not sent any more. */
  private rollback(): unknown {
    this.isOpen = false;
    return this.taken()[0]?.text === 'begin' ? answered('ROLLBACK') : this.send('rollback');
  }

  private taken(): Statement[] {
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }

  /** The answer to the last of them. */
  private async sendAll(statements: readonly Statement[]): Promise<unknown> {
    try {
      return (await this.sendOnce(statements)).at(-1);
    } catch (error) {
      if (!isStalePlan(error)) throw error;
      this.onStale();
      // What a transaction has done before is lost with it: it is for whoever runs it to run it again.
      if (this.isOpen || statements.length > 1) throw error;
      return (await this.sendOnce(statements)).at(-1);
    }
  }

  private async sendOnce(statements: readonly Statement[]): Promise<readonly QueryResult[]> {
    const answer = (await this.sendAsOne(statements)) as QueryResult | QueryResult[];
    const results = Array.isArray(answer) ? answer : [answer];
    statements.forEach((statement, index) => tell(statement, results[index]?.rows ?? []));
    return results;
  }

  private sendAsOne(statements: readonly Statement[]): Promise<unknown> {
    // What has no values may be several statements, which are read in one message alone that is a text.
    if (statements.every(({ values }) => values.length === 0))
      return this.send(statements.map(({ text }) => text).join('\n;')) as Promise<unknown>;
    return new Promise((resolve, reject) => {
      const pipeline = new Pipeline(statements, this.prepared, (error, results) => {
        if (error === undefined || error === null) return resolve(results);
        this.prepared.forget(pipeline.texts);
        reject(error);
      });
      this.send(pipeline);
    });
  }
}

/** What a statement is answered that is not sent now. */
function answered(command: string): Promise<Pick<QueryResult, 'command' | 'rowCount' | 'rows' | 'fields'>> {
  return Promise.resolve({ command, rowCount: null, rows: [], fields: [] });
}
