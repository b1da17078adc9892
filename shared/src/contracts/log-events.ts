import { z } from 'zod';
import { fields } from './fields.js';
import { defineEvent } from '../messaging/define-event.js';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A log entry as services publish it: it may be lost on its way, unlike any other event. */
export const logEntry = z.object({
  level: z.enum(logLevels),
  service: fields.text,
  message: fields.text,
  time: fields.time,
  trace_id: fields.text.nullish(),
  fields: z.record(z.string(), z.unknown()).nullish(),
});
export type LogEntryBody = z.output<typeof logEntry>;

/** The events of the log, by level: `log.info` and so on. */
export const logEvents = {
  debug: defineEvent('logs_exchange', 'log.debug', logEntry),
  info: defineEvent('logs_exchange', 'log.info', logEntry),
  warn: defineEvent('logs_exchange', 'log.warn', logEntry),
  error: defineEvent('logs_exchange', 'log.error', logEntry),
} as const;
