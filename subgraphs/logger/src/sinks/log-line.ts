import type { LogEntry } from '../domain/log-entry.js';

/** An entry as one line of JSON, without the line's end: the names of the REST contract, fields that are absent left out. */
export function logLine({ time, level, service, message, traceId, fields }: LogEntry): string {
  return JSON.stringify({
    time: time.toISOString(),
    level,
    service,
    message,
    ...(traceId !== null && { trace_id: traceId }),
    ...(fields !== null && { fields }),
  });
}

export const logLines = (batch: readonly LogEntry[]): string => batch.map((entry) => `${logLine(entry)}\n`).join('');
