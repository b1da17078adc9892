import { Migration } from '@mikro-orm/migrations';

/**
 * Log entries. The service announces nothing, so there is no outbox; `entry_id` does what an inbox would. `words` is
 * made by the service (`domain/search-words.ts`): PostgreSQL's own parser takes a uuid apart differently each time, and
 * pg_trgm may not be installed.
 */
export class CreateLogEntries extends Migration {
  override up(): void {
    this.addSql(`
      create table log_entries (
        id bigint generated always as identity primary key,
        entry_id uuid not null unique,
        logged_at timestamptz(3) not null,
        received_at timestamptz not null default now(),
        level text not null check (level in ('debug', 'info', 'warn', 'error')),
        service text not null,
        message text not null,
        trace_id text,
        fields jsonb,
        words tsvector not null
      )`);
    this.addSql('create index log_entries_newest on log_entries (logged_at desc, id desc)');
    this.addSql('create index log_entries_of_service on log_entries (service, logged_at desc, id desc)');
    this.addSql('create index log_entries_of_level on log_entries (level, logged_at desc, id desc)');
    this.addSql(
      'create index log_entries_of_trace on log_entries (trace_id, logged_at desc, id desc) where trace_id is not null',
    );
    this.addSql('create index log_entries_words on log_entries using gin (words)');
  }
}
