import { z } from 'zod';
import { type LogEntryBody, type LogLevel, logLevels } from '../contracts/log-events.js';

const logLine = z.looseObject({
  level: z.string(),
  service: z.string(),
  message: z.string().default(''),
  time: z.string(),
  trace_id: z.string().optional(),
});

/** pino has more levels than the contract. */
const levels: Readonly<Record<string, LogLevel>> = { trace: 'debug', fatal: 'error' };

/** A log line as the event contract has it; undefined for a line that is none. */
export function toLogEntry(line: string): LogEntryBody | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  const parsed = logLine.safeParse(json);
  if (!parsed.success) return undefined;
  const { level, service, message, time, trace_id, ...fields } = parsed.data;
  const known = logLevels.find((name) => name === level) ?? levels[level] ?? 'info';
  const rest = Object.keys(fields).length > 0 ? { fields } : {};
  return { level: known, service, message, time, ...(trace_id !== undefined && { trace_id }), ...rest };
}
