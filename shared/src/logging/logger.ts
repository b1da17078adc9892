import { format } from 'node:util';
import { type Bindings, type ChildLoggerOptions, type DestinationStream, type Level, type Logger, pino } from 'pino';
import { currentLogFields } from './log-fields.js';
import { redactText } from './redact-text.js';
import { redact, redactFields } from './redaction.js';
import { StdoutLines } from './stdout-lines.js';

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
  const logger = pino(
    {
      level,
      base: { service },
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: currentLogFields,
      formatters: { level: (label) => ({ level: label }) },
      // What reaches them is plain already.
      serializers: { err: (error: unknown) => error },
      hooks: {
        logMethod(args, log) {
          log.apply(this, redactedArguments(args) as Parameters<typeof log>);
        },
      },
    },
    heard ? pino.multistream([...heard]) : new StdoutLines(),
  );
  return withRedactedChildren(logger);
}

const OURS: ReadonlySet<string> = new Set(['level', 'time', 'service', 'message']);

/** For tests, and for parts that were given no logger. */
export const silentLogger: Logger = pino({ level: 'silent' });

/** Fields and a message that is whole, so that nothing is put together out of harmless parts any more. */
function redactedArguments(args: readonly unknown[]): unknown[] {
  const [first, ...others] = args;
  const hasFields = typeof first === 'object' && first !== null;
  const fields = hasFields ? withoutOurs(redactFields(first instanceof Error ? { err: first } : first)) : {};
  const [message, ...values] = hasFields ? others : args;
  if (message === undefined || message === null) return [fields, messageOfError(fields)];
  const text = values.length > 0 ? format(String(message), ...values.map(redact)) : String(message);
  return [fields, redactText(text)];
}

/** A field of a name that is ours would stand in the line twice, and whoever reads it would believe the wrong one. */
function withoutOurs(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [OURS.has(name) ? `_${name}` : name, value]));
}

/** As pino has it: an error that comes without words speaks for itself. */
function messageOfError({ err }: Record<string, unknown>): string {
  return typeof err === 'object' && err !== null && 'message' in err ? String(err.message) : '';
}

/** pino lets its formatter look at what a logger is created with, but not at what its children are. */
function withRedactedChildren(logger: Logger): Logger {
  const { child, setBindings } = logger;
  return Object.assign(logger, {
    child(this: Logger, bindings: Bindings, options?: ChildLoggerOptions) {
      return child.call(this, withoutOurs(redactFields(bindings)), options as never);
    },
    setBindings(this: Logger, bindings: Bindings) {
      setBindings.call(this, withoutOurs(redactFields(bindings)));
    },
  }) as Logger;
}
