import { setTimeout as pause } from 'node:timers/promises';
import { isUnreadable, sqlState } from '@shop/shared/persistence/sql-state';
import pg from 'pg';
import type { LogEntry } from '../domain/log-entry.js';
import { wordsOf } from '../domain/search-words.js';
import { type LogSink, Refused } from '../sinks/log-sink.js';

/** A statement that takes longer has failed, as far as this knows; what it wrote all the same is not written twice. */
const ANSWER_WITHIN_MS = 10_000;
const CLOSE_WITHIN_MS = 500;

/** What no retry can mend: data exceptions, integrity violations, what is beyond PostgreSQL's limits. */
const PERMANENT_SQL_STATE = /^(22...|23...|54...)$/;

const INSERT = `
  insert into log_entries (entry_id, logged_at, level, service, message, trace_id, fields, words)
  select id, time, level, service, message, trace_id, fields, array_to_tsvector(words)
    from json_to_recordset($1::json) as entry (
      id uuid, time timestamptz, level text, service text, message text, trace_id text, fields jsonb, words text[])
  on conflict (entry_id) do nothing`;

/**
 * Writes entries into the database, a statement a batch, on a connection of its own: neither waits for a query nor keeps
 * one waiting.
 */
export class EntryWriter implements LogSink {
  readonly name = 'database';
  private readonly pool: pg.Pool;

  constructor(url: string) {
    this.pool = new pg.Pool({
      connectionString: url,
      max: 1,
      application_name: 'log intake',
      connectionTimeoutMillis: ANSWER_WITHIN_MS,
      query_timeout: ANSWER_WITHIN_MS,
      keepAlive: true,
    });
    this.pool.on('error', () => undefined);
  }

  async write(batch: readonly LogEntry[]): Promise<void> {
    const refused = await this.insert(batch);
    if (refused.length > 0) throw new Refused('the database refuses it', refused);
  }

  /** A statement that hangs is left: the server ends it, and its connection, when it can. */
  async close(): Promise<void> {
    await Promise.race([this.pool.end(), pause(CLOSE_WITHIN_MS, undefined, { ref: false })]);
  }

  /** Answers the entries that the database will never take: they are looked for by halves, so that the others are kept. */
  private async insert(batch: readonly LogEntry[]): Promise<readonly LogEntry[]> {
    try {
      await this.pool.query(INSERT, [JSON.stringify(batch.map(toRow))]);
      return [];
    } catch (error) {
      if (!PERMANENT_SQL_STATE.test(sqlState(error) ?? '') && !isUnreadable(error)) throw error;
      if (batch.length === 1) return batch;
      const middle = Math.ceil(batch.length / 2);
      return [...(await this.insert(batch.slice(0, middle))), ...(await this.insert(batch.slice(middle)))];
    }
  }
}

function toRow({ id, time, level, service, message, traceId, fields }: LogEntry) {
  return { id, time, level, service, message, trace_id: traceId, fields, words: wordsOf(message, fields) };
}
