import { boundedFields, type Fields } from './bounded-fields.js';
import { boundedText } from './bounded-text.js';
import type { Level } from './level.js';

/** One entry, as every sink is given it: bounded and storable. */
export interface LogEntry {
  /** A uuid: an entry that comes again under the same one is kept once. */
  readonly id: string;
  readonly time: Date;
  readonly level: Level;
  readonly service: string;
  readonly message: string;
  readonly traceId: string | null;
  readonly fields: Fields | null;
}

/** An entry as it came; whatever is absent has a default. */
export interface ReceivedEntry {
  readonly level?: Level | null | undefined;
  readonly service?: string | null | undefined;
  readonly message: string;
  readonly time?: Date | null | undefined;
  readonly traceId?: string | null | undefined;
  readonly fields?: Fields | null | undefined;
}

/** The longest texts that are kept, in UTF-16 units; what is longer is cut, with a mark. */
export const textBounds = { service: 64, message: 8_192, traceId: 128 } as const;

/** The times that are kept as they came, in ms of the epoch: years 1970 to 9999. Others are moved to the nearer end. */
const EARLIEST = 0;
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** What is kept of an entry. Nothing is refused for its length or its characters: an entry is never lost for those. */
export function logEntry(id: string, received: ReceivedEntry, now: Date): LogEntry {
  const { level, service, message, time, traceId, fields } = received;
  return {
    id,
    time: bounded(time ?? now),
    level: level ?? 'info',
    service: boundedText(service || 'unknown', textBounds.service),
    message: boundedText(message, textBounds.message),
    traceId: traceId ? boundedText(traceId, textBounds.traceId) : null,
    fields: fields ? boundedFields(fields) : null,
  };
}

function bounded(time: Date): Date {
  return new Date(Math.min(Math.max(time.getTime(), EARLIEST), LATEST));
}
