import pg from 'pg';
import { serialize } from 'pg-protocol';

/** A statement, and the values of its $1, $2, ... as texts. */
export interface Statement {
  readonly text: string;
  readonly values: readonly (string | null)[];
}

/** Of pg's connection, which does not declare it. */
interface Wire {
  readonly stream: { write(message: Buffer): void };
}

/** More than there are: whoever makes statements of values would else fill the server's memory with them. */
const MOST_PREPARED = 500;

/** The values of statements that are to be planned for them. */
const plannedAnew = new WeakSet<object>();

/** Marks a statement, by its values, as one that is not to be kept. */
export function planAnew<Values extends object>(values: Values): Values {
  plannedAnew.add(values);
  return values;
}

/** The statements that a connection's server has read, by the names that it knows them by. */
export class Prepared {
  private readonly names = new Map<string, string>();
  private made = 0;

  /** The name of a statement, and whether the server has yet to read it. Without a name where it is not to be kept. */
  of({ text, values }: Statement): { name: string; isNew: boolean } {
    const isOften = values.length > 0 || text === 'begin' || text === 'commit';
    if (!isOften || plannedAnew.has(values)) return { name: '', isNew: true };
    const known = this.names.get(text);
    if (known !== undefined) return { name: known, isNew: false };
    if (this.names.size >= MOST_PREPARED) return { name: '', isNew: true };
    // Never a name again that it may know from before.
    const name = `s${(this.made += 1)}`;
    this.names.set(text, name);
    return { name, isNew: true };
  }

  /** Whether the server has read these nobody knows: it may get them again. */
  forget(texts: Iterable<string>): void {
    for (const text of texts) this.names.delete(text);
  }

  /** What tables look like has changed since: all is to be read again. */
  forgetAll(): void {
    this.names.clear();
  }
}

/**
 * Several statements in one message, each read by the server once a connection (PostgreSQL manual, "Pipelining"). After one that
 * fails none runs. Calls back with the answer of each, of which the last alone tells its columns.
 */
export class Pipeline extends pg.Query {
  /** Of these the server may have read some, and not all, when one fails. */
  readonly texts = new Set<string>();

  constructor(
    private readonly statements: readonly Statement[],
    private readonly prepared: Prepared,
    callback: (error: Error | undefined, results: unknown) => void,
  ) {
    super('', callback);
  }

  /** Called by pg's client when it is this one's turn. */
  override submit = (connection: unknown): null => {
    const message = this.statements.flatMap((statement, index) => {
      const { name, isNew } = this.prepared.of(statement);
      if (isNew) this.texts.add(statement.text);
      return [
        ...(isNew ? [serialize.parse({ name, text: statement.text })] : []),
        serialize.bind({ statement: name, values: [...statement.values] }),
        ...(index === this.statements.length - 1 ? [serialize.describe({ type: 'P' })] : []),
        serialize.execute(),
      ];
    });
    // As one piece, for the socket writes it in one go.
    (connection as Wire).stream.write(Buffer.concat([...message, serialize.sync()]));
    return null;
  };
}
