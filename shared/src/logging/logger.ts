import { type DestinationStream, type Level, type Logger, pino } from 'pino';
import { currentLogFields } from './log-fields.js';
import { redact, redactFields, redactText } from './redaction.js';

export type { Logger } from 'pino';

interface LoggerOptions {
  /** Where the lines go from this level on; stdout, all of them, unless told. */
  readonly destinations?: readonly { readonly level: Level | 'silent'; readonly stream: DestinationStream }[];
}

/**
 * JSON lines, each with its service, the trace and the order that it belongs to; passwords, tokens, cookies and card-like
 * numbers never get into one.
 */
export function createLogger(service: string, level: string, { destinations }: LoggerOptions = {}): Logger {
  const heard = destinations?.filter((to): to is { level: Level; stream: DestinationStream } => to.level !== 'silent');
  return pino(
    {
      level,
      base: { service },
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: currentLogFields,
      formatters: { level: (label) => ({ level: label }), bindings: redactFields, log: redactFields },
      hooks: {
        logMethod(args, log) {
          log.apply(this, args.map(redactedArgument) as Parameters<typeof log>);
        },
      },
    },
    heard ? pino.multistream([...heard]) : pino.destination(1),
  );
}

/** For tests, and for parts that were given no logger. */
export const silentLogger: Logger = pino({ level: 'silent' });

/** The message, and what is put into it; the fields, which come first, are redacted by name as well, later. */
function redactedArgument(argument: unknown, index: number): unknown {
  if (typeof argument === 'string') return redactText(argument);
  return index === 0 ? argument : redact(argument);
}
