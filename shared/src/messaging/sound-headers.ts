import { SHORT_STRING_BYTES } from './foreign-envelope.js';

/** Of our own, and known here: they have room before a stranger's. W3C trace context, and what a retry or a dead letter carries. */
const FIRST = ['attempt', 'reason', 'service', 'attempts', 'died_at', 'traceparent', 'tracestate'];

/** By which rascal would refuse, move or count a message: what it finds there it believes. */
const RASCAL = 'rascal';

/** What the broker adds when a message has waited in a delay queue, and rascal reads as such. */
const DEATH = /^x-(first-|last-)?death/;

/**
 * Names and values together, in bytes. A message is put away with its headers: amqplib encodes at most 65,536 bytes of
 * them, though a broker takes and delivers twice as many.
 */
const MAX_BYTES = 16_384;

/**
 * The headers of a message that came, whoever published it, as they can be believed and published again: texts and
 * numbers, none that another mechanism would act on, and no more than there is room for.
 */
export function soundHeaders(headers: object): Record<string, string | number> {
  let room = MAX_BYTES;
  const taken: [string, string | number][] = [];
  for (const [name, value] of ownFirst(Object.entries(headers))) {
    if (name === RASCAL || DEATH.test(name) || !isPlain(value)) continue;
    const nameBytes = Buffer.byteLength(name);
    const bytes = nameBytes + Buffer.byteLength(String(value));
    if (nameBytes > SHORT_STRING_BYTES || bytes > room) continue;
    room -= bytes;
    taken.push([name, value]);
  }
  return Object.fromEntries(taken);
}

function ownFirst(entries: readonly [string, unknown][]): readonly [string, unknown][] {
  const isOwn = ([name]: readonly [string, unknown]) => FIRST.includes(name);
  return [...entries.filter(isOwn), ...entries.filter((entry) => !isOwn(entry))];
}

function isPlain(value: unknown): value is string | number {
  return typeof value === 'string' || Number.isFinite(value);
}
