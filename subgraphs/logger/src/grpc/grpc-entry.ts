import { badInput } from '@shop/shared/errors/app-error';
import { z } from 'zod';
import type { LogEntryMessage } from './proto.js';
import type { ReceivedEntry } from '../domain/log-entry.js';
import { orNothing, receivedLevel, receivedTime } from '../received-entry.js';

const entry = z.object({
  level: orNothing(receivedLevel),
  service: z.string(),
  message: z.string().min(1, 'message is required'),
  timestamp: orNothing(receivedTime),
  trace_id: z.string(),
  fields: z.record(z.string(), z.string()),
});

/** An entry of the proto. BAD_USER_INPUT with a sentence for one that can't be taken. */
export function receivedFrom(message: LogEntryMessage): ReceivedEntry {
  const parsed = entry.safeParse(message);
  if (!parsed.success) throw badInput(parsed.error.issues[0]?.message ?? 'this is no log entry');
  const { timestamp: time, trace_id: traceId, fields, ...rest } = parsed.data;
  return { ...rest, time, traceId, fields: Object.keys(fields).length > 0 ? fields : null };
}
