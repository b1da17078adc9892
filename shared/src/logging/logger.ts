import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** JSON lines on stdout, each with its service. */
export function createLogger(service: string, level: string): Logger {
  return pino({ level, base: { service }, timestamp: pino.stdTimeFunctions.isoTime });
}

/** For tests, and for parts that were given no logger. */
export const silentLogger: Logger = pino({ level: 'silent' });
