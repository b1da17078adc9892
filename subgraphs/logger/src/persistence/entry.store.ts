import type { PageRequest } from '@shop/shared/graphql/connection';
import type { Database } from '@shop/shared/persistence/database';
import { rowsOf, searchRows, type Value, writtenBy } from '@shop/shared/persistence/statements';
import { EntryRecord, type StoredEntry } from './entry.record.js';
import type { Level } from '../domain/level.js';
import { searchWords } from '../domain/search-words.js';

export type { StoredEntry } from './entry.record.js';

/** What is looked for; all of it at once. */
export interface EntryFilter {
  readonly service?: string | null | undefined;
  readonly level?: Level | null | undefined;
  readonly traceId?: string | null | undefined;
  /** Words, or beginnings of words, of the message and the field values: each must be there. */
  readonly search?: string | null | undefined;
  /** Inclusive. */
  readonly since?: Date | null | undefined;
  /** Exclusive. */
  readonly until?: Date | null | undefined;
}

/** Where a page begins: the last entry's time, in ms of the epoch, and its id. */
export type EntryPosition = readonly [time: number, id: number];

const COLUMNS = 'id, logged_at, level, service, message, trace_id, fields';
const SAMPLED_PAGES = 1_000;
/** Of an entry's other columns, and of its places in the indexes but that of the words, which is about as large as they are. */
const FIXED_BYTES = 450;
const LATEST_MS = 8.64e15;

/** The position of an entry among all, newest first. */
export const positionOf = ({ loggedAt, id }: StoredEntry): EntryPosition => [loggedAt.getTime(), id];

/** Whether a cursor's content is a position. */
export function isPosition(value: unknown): value is EntryPosition {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [time, id] = value as unknown[];
  return Number.isSafeInteger(time) && Number.isSafeInteger(id) && Math.abs(Number(time)) < LATEST_MS;
}

/** Reads entries, and forgets them. */
export class EntryStore {
  constructor(private readonly database: Database) {}

  async byIds(ids: readonly number[]): Promise<StoredEntry[]> {
    return this.database.fork().find(EntryRecord, { id: { $in: [...ids] } });
  }

  /** One page, newest first, and one entry more where there is a next page. */
  async page(filter: EntryFilter, { first, after }: PageRequest<EntryPosition>): Promise<StoredEntry[]> {
    const conditions = conditionsOf(filter);
    if (after) conditions.push({ sql: '(logged_at, id) < (?::timestamptz, ?)', values: [isoOf(after[0]), after[1]] });
    const where = conditions.length > 0 ? `where ${conditions.map(({ sql }) => sql).join(' and ')}` : '';
    const em = this.database.fork();
    const rows = await searchRows(
      em,
      `select ${COLUMNS} from log_entries ${where} order by logged_at desc, id desc limit ?`,
      [...conditions.flatMap(({ values }) => values), first + 1],
    );
    return rows.map((row) => em.map(EntryRecord, row));
  }

  /** The id of the newest entry that is more than `most`, by the order in which they came; null when none is. */
  async lastBeyond(most: number): Promise<number | null> {
    const [row] = await rowsOf<{ id: string }>(
      this.database,
      'select id from log_entries order by id desc limit 1 offset ?',
      [most],
    );
    return row ? Number(row.id) : null;
  }

  /**
   * What an entry takes with its indexes, in bytes: an estimate from a sample of some thousand pages. The size of the
   * table itself does not tell: it stays when entries are deleted, and is filled anew.
   */
  async averageBytes(): Promise<number> {
    const [size] = await rowsOf<{ pages: string }>(
      this.database,
      `select pg_relation_size('log_entries') / current_setting('block_size')::int as pages`,
    );
    const share = Math.min(100, (100 * SAMPLED_PAGES) / Math.max(Number(size?.pages), 1));
    const [row] = await rowsOf<{ bytes: string | null }>(
      this.database,
      `select avg(pg_column_size(message) + coalesce(pg_column_size(fields), 0) + 2 * pg_column_size(words)) as bytes
         from log_entries tablesample system (${share})`,
    );
    return FIXED_BYTES + Number(row?.bytes ?? 0);
  }

  /** Deletes at most `limit` entries up to an id, those that came first. Answers how many. */
  async forgetUpTo(id: number, limit: number): Promise<number> {
    return this.forget('id <= ?', id, limit);
  }

  /** Deletes at most `limit` entries that came before a time, those that came first. Answers how many. */
  async forgetReceivedBefore(time: Date, limit: number): Promise<number> {
    return this.forget('received_at < ?', time, limit);
  }

  /** Ids grow with the time at which entries came: the first by id are the first that came, and no index is needed. */
  private async forget(condition: string, value: Value, limit: number): Promise<number> {
    return writtenBy(
      this.database,
      `delete from log_entries where id in (select id from log_entries order by id limit ?) and ${condition}`,
      [limit, value],
    );
  }
}

interface Condition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

function conditionsOf({ service, level, traceId, search, since, until }: EntryFilter): Condition[] {
  const words = searchWords(search ?? '');
  const query = words.map((word) => `'${word}':*`).join(' & ');
  // Of a text without a word nothing can be found, unless nothing was asked for.
  const nothing = words.length === 0 && Boolean(search?.trim());
  return [
    ...(service ? [{ sql: 'service = ?', values: [service] }] : []),
    ...(level ? [{ sql: 'level = ?', values: [level] }] : []),
    ...(traceId ? [{ sql: 'trace_id = ?', values: [traceId] }] : []),
    ...(query ? [{ sql: 'words @@ ?::tsquery', values: [query] }] : []),
    ...(nothing ? [{ sql: 'false', values: [] }] : []),
    ...(since ? [{ sql: 'logged_at >= ?::timestamptz', values: [isoOf(since.getTime())] }] : []),
    ...(until ? [{ sql: 'logged_at < ?::timestamptz', values: [isoOf(until.getTime())] }] : []),
  ];
}

/** A time within those that entries have, so that PostgreSQL reads it. */
function isoOf(ms: number): string {
  return new Date(Math.min(Math.max(ms, 0), Date.UTC(10_000, 0) - 1)).toISOString();
}
