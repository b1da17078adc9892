import { jest } from '@jest/globals';
import { Database } from '@shop/shared/persistence/database';

/** The end of a process, as far as the work in hand can see. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

const WRITE = /^\s*(insert|update|delete)\b/i;

/**
 * Ends the work that is being done after so many of its commits: what is committed stays, what is not is rolled back,
 * and nothing follows. A statement that writes outside of a transaction is a commit of its own.
 */
export class CrashPoints {
  private commitsLeft = Infinity;
  private crashed = false;
  private readonly spy: { mockRestore(): void };

  /** From now on every database of this process can crash, until `restore`. */
  constructor() {
    const fork = Database.prototype.fork;
    const doomed = (database: Database) => this.watch(Reflect.apply(fork, database, []));
    this.spy = jest.spyOn(Database.prototype, 'fork').mockImplementation(function (this: Database) {
      return doomed(this);
    });
  }

  restore(): void {
    this.spy.mockRestore();
  }

  /** The work that begins now survives so many commits; Infinity: all. */
  plan(commits: number): void {
    this.commitsLeft = commits;
    this.crashed = false;
  }

  /** Whether the work has come to its end since the plan. */
  get happened(): boolean {
    return this.crashed;
  }

  private watch(em: ReturnType<Database['fork']>): ReturnType<Database['fork']> {
    const { transactional, execute } = em;
    const run = async <Result>(work: () => Promise<Result>): Promise<Result> => {
      const result = await work();
      this.commitsLeft -= 1;
      if (this.commitsLeft === 0) this.crash();
      return result;
    };
    em.transactional = (work, options) => {
      const upToCommit: typeof work = async (inner) => {
        const result = await work(inner);
        if (this.crashed || this.commitsLeft === 0) this.crash();
        return result;
      };
      return run(() => Reflect.apply(transactional, em, [upToCommit, options]));
    };
    em.execute = (async (sql: string, ...rest: unknown[]) => {
      const statement = () => Reflect.apply(execute, em, [sql, ...rest]);
      if (!WRITE.test(sql)) return statement();
      if (this.crashed || this.commitsLeft === 0) this.crash();
      return run(statement);
    }) as typeof em.execute;
    return em;
  }

  private crash(): never {
    this.crashed = true;
    throw new Crash('the process has crashed');
  }
}
