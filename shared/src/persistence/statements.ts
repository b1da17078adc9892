import type { EntityManager } from '@mikro-orm/postgresql';
import { CompiledQuery } from 'kysely';
import { type Listener, type Manner, marked } from './pipeline.js';

/** What stands in the place of a `?`. A list is given as the literal of an array, an object as JSON. */
export type Value = string | number | bigint | boolean | Date | null | undefined;

/** Where a statement runs: in the transaction of a unit of work, or, by the database itself, in one of its own. */
export type Session = Pick<EntityManager, 'getKysely'>;

/**
 * The rows that a statement answers, in the caller's transaction if there is one. Every connection reads it once, and plans it
 * no more than a few times: its text is one of few, and all that changes is in its values.
 */
export async function rowsOf<Row extends object>(
  on: Session,
  sql: string,
  values: readonly Value[] = [],
): Promise<Row[]> {
  return (await run<Row>(on, sql, values)).rows;
}

/** The same of a statement whose best plan depends on its values, as that of a search does: it is read and planned each time. */
export async function searchRows<Row extends object>(
  on: Session,
  sql: string,
  values: readonly Value[],
): Promise<Row[]> {
  return (await run<Row>(on, sql, values, 'planned anew')).rows;
}

/** Runs a statement like `rowsOf`, and resolves to how many rows it has written. */
export async function writtenBy(on: Session, sql: string, values: readonly Value[]): Promise<number> {
  return Number((await run(on, sql, values)).numAffectedRows ?? 0);
}

/**
 * Runs a statement of the caller's transaction whose answer nobody needs: it is sent in one message with the next one, or
 * with the commit, and what it fails of, they fail of.
 */
export async function withNext(em: Session, sql: string, values: readonly Value[]): Promise<void> {
  await run(em, sql, values, 'with the next');
}

/** The rows of a statement that travelled with another. Throws as long as that is not answered. */
export type Later<Row> = () => readonly Row[];

/**
 * Runs a statement like `withNext`, whose rows are of use only when the transaction is over: after its commit they are there. Of one
 * that is undone they may be there too, and mean nothing.
 */
export async function rowsLater<Row extends object>(
  em: Session,
  sql: string,
  values: readonly Value[],
): Promise<Later<Row>> {
  let told: readonly Row[] | undefined;
  await run(em, sql, values, 'with the next', (rows) => (told = rows as readonly Row[]));
  return () => {
    if (!told) throw new Error('what this statement travels with is not answered yet');
    return told;
  };
}

/** The literal of an array of numbers, uuids or words, for `any(?)`. */
export const arrayLiteral = (elements: readonly (number | string)[]): string => `{${elements.join(',')}}`;

function run<Row>(on: Session, sql: string, values: readonly Value[], manner?: Manner, listener?: Listener) {
  const texts = values.map(asText);
  const told = manner ? marked(texts, manner, listener) : texts;
  return on.getKysely().executeQuery<Row>(CompiledQuery.raw(numbered(sql), told));
}

/** As PostgreSQL reads it; whose type it is, the statement tells. */
function asText(value: Value): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  return value instanceof Date ? value.toISOString() : String(value);
}

/** More than there are, of those that are put together too. */
const MOST_KNOWN = 1_000;
const known = new Map<string, string>();

/** A statement with $1, $2, ... in the place of each `?`. */
function numbered(sql: string): string {
  if (!sql.includes('?')) return sql;
  let text = known.get(sql);
  if (text === undefined) {
    let count = 0;
    text = sql.replaceAll('?', () => `$${(count += 1)}`);
    if (known.size < MOST_KNOWN) known.set(sql, text);
  }
  return text;
}
