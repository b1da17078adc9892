import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { levels } from '../domain/level.js';

/** An entry as it is read; it is written in bulk (`entry-writer.ts`). */
export const EntryRecord = defineEntity({
  name: 'LogEntry',
  tableName: 'log_entries',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    loggedAt: p.datetime(),
    level: p.enum(levels),
    service: p.text(),
    message: p.text(),
    traceId: p.text().nullable(),
    fields: p.json<Readonly<Record<string, unknown>>>().nullable(),
  },
});

export type StoredEntry = Readonly<InferEntity<typeof EntryRecord>>;
