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

/** No entry is older, in ms of the epoch, and none is so far ahead of its arrival: then a clock is wrong. */
const EARLIEST = 0;
const AHEAD_MS = 86_400_000;

/** What stands, beside the fields, for a time that nobody can mean: the entry has the time at which it came. */
export const OWN_TIME = '[time]';

/** What is kept of an entry. Nothing is refused for its length or its characters: an entry is never lost for those. */
export function logEntry(id: string, received: ReceivedEntry, now: Date): LogEntry {
  const { level, service, message, time, traceId, fields } = received;
  const isMeant = !time || (time.getTime() >= EARLIEST && time.getTime() <= now.getTime() + AHEAD_MS);
  const kept = fields ? boundedFields(fields) : null;
  return {
    id,
    time: isMeant ? (time ?? now) : now,
    level: level ?? 'info',
    service: boundedText(service || 'unknown', textBounds.service),
    message: boundedText(message, textBounds.message),
    traceId: traceId ? boundedText(traceId, textBounds.traceId) : null,
    fields: isMeant ? kept : { ...kept, [OWN_TIME]: time.toISOString() },
  };
}
