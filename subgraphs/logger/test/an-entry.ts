import { randomUUID } from 'node:crypto';
import { logEntry, type LogEntry, type ReceivedEntry } from '../src/domain/log-entry.js';

/** An entry as a sink is given it. */
export function aKeptEntry(changes: Partial<ReceivedEntry> = {}): LogEntry {
  const time = new Date('2026-01-02T03:04:05.678Z');
  return logEntry(randomUUID(), { service: 'orders', message: 'order placed', time, ...changes }, time);
}

export const entries = (count: number): LogEntry[] =>
  Array.from({ length: count }, (_, n) => aKeptEntry({ message: `entry ${n}` }));
