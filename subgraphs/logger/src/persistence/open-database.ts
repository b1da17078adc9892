import { Database } from '@shop/shared/persistence/database';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { EntryRecord } from './entry.record.js';
import { CreateLogEntries } from './migrations/0001-log-entries.js';

/** The logger's own database, not started yet. */
export function openDatabase(
  config: { readonly DATABASE_URL: string; readonly DATABASE_POOL: number },
  telemetry?: Telemetry,
): Database {
  return new Database({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL,
    telemetry,
    entities: [EntryRecord],
    migrations: [{ name: '0001-log-entries', class: CreateLogEntries }],
  });
}
