import { createHash } from 'node:crypto';
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

/** How a statement is sent that is not sent as others are: with the next of its transaction, or to be planned for its values. */
export type Manner = 'with the next' | 'planned anew';

/** What hears the rows of a statement that is sent with the next. */
export type Listener = (rows: readonly unknown[]) => void;

interface Mark {
  readonly manner: Manner;
  readonly listener: Listener | undefined;
}

const marks = new WeakMap<object, Mark>();

/** Marks a statement by its values, which are all of it that reaches its connection as they are. */
export function marked<Values extends object>(values: Values, manner: Manner, listener?: Listener): Values {
  marks.set(values, { manner, listener });
  return values;
}

/** Whether a statement was marked so. */
export const isMarked = ({ values }: Statement, manner: Manner): boolean => marks.get(values)?.manner === manner;

/** Tells whoever listens to a statement its rows. */
export const tell = ({ values }: Statement, rows: readonly unknown[]): void => marks.get(values)?.listener?.(rows);

/** The statements that a connection's server has read. */
export class Prepared {
  private readonly names = new Map<string, string>();
  private readonly forgotten = new Set<string>();

  /** The name of a statement, and whether the server has yet to read it. Without a name where it is not to be kept. */
  of(statement: Statement): { name: string; isNew: boolean } {
    const { text, values } = statement;
    const isOften = values.length > 0 || text === 'begin' || text === 'commit';
    if (!isOften || isMarked(statement, 'planned anew')) return { name: '', isNew: true };
    const known = this.names.get(text);
    if (known !== undefined) return { name: known, isNew: false };
    if (this.names.size >= MOST_PREPARED) return { name: '', isNew: true };
    // Of what it says: whatever stands between us and the server, it is never another statement.
    const name = createHash('sha256').update(text).digest('base64url');
    this.names.set(text, name);
    return { name, isNew: true };
  }

  /** Nobody knows whether the server has read these. */
  forget(texts: Iterable<string>): void {
    for (const text of texts) {
      const name = this.names.get(text);
      if (name !== undefined) this.forgotten.add(name);
      this.names.delete(text);
    }
  }

  /** What tables look like has changed since: all is to be read again. */
  forgetAll(): void {
    this.forget([...this.names.keys()]);
  }

  /** The names by which the server may know what was forgotten, told once: it is to forget them too. */
  takeForgotten(): readonly string[] {
    const names = [...this.forgotten];
    this.forgotten.clear();
    return names;
  }
}

/**
 * Several statements in one message, each read by the server once a connection (PostgreSQL manual, "Pipelining"). After one that
 * fails none runs. Calls back with the answer of each.
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

  /** Called by pg's client when it is this one's turn; it fails with what is returned. */
  override submit = (connection: unknown): Error | null => {
    try {
      // As one piece, for the socket writes it in one go.
      (connection as Wire).stream.write(Buffer.concat(this.messages()));
      return null;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  };

  private messages(): Buffer[] {
    const forgotten = this.prepared.takeForgotten().map((name) => serialize.close({ type: 'S', name }));
    const messages = this.statements.flatMap((statement) => {
      const { name, isNew } = this.prepared.of(statement);
      if (isNew) this.texts.add(statement.text);
      return [
        ...(isNew ? [serialize.parse({ name, text: statement.text })] : []),
        serialize.bind({ statement: name, values: [...statement.values] }),
        serialize.describe({ type: 'P' }),
        serialize.execute(),
      ];
    });
    return [...forgotten, ...messages, serialize.sync()];
  }
}
