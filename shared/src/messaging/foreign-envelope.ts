import { createHash } from 'node:crypto';
import type { Envelope } from './bus.js';
import { isUuid } from '../text/uuid.js';

/** The latest time that a `Date` can be. */
const LAST_MS = 8.64e15;

/** An AMQP short string, in bytes; and so many UTF-16 units fit into one, whatever they are. */
export const SHORT_STRING_BYTES = 255;
const SHORT_STRING_UNITS = SHORT_STRING_BYTES / 3;

/** What a publisher may have left out or filled as it liked. */
export interface ForeignEnvelope {
  readonly messageId?: unknown;
  readonly correlationId?: unknown;
  readonly type: string;
  /** Milliseconds since the epoch. */
  readonly timestamp?: unknown;
  readonly appId?: unknown;
  readonly headers?: unknown;
}

/**
 * Makes an envelope of what came, whoever published it. An absent `messageId`, or one that is no uuid, becomes a uuid
 * that is the same at every delivery of the same message. Headers that are no strings are left out, texts that no
 * AMQP property could hold are cut short: what was put away for a retry is published with them.
 */
export function completeEnvelope(foreign: ForeignEnvelope, text: string): Envelope {
  const messageId = uuidOf(foreign.messageId, foreign.type, text);
  return {
    messageId,
    correlationId: short(nonEmpty(foreign.correlationId)) ?? messageId,
    type: short(foreign.type),
    timestamp: isTime(foreign.timestamp) ? foreign.timestamp : Date.now(),
    appId: short(nonEmpty(foreign.appId)) ?? 'unknown',
    headers: stringHeaders(foreign.headers),
  };
}

function uuidOf(given: unknown, type: string, text: string): string {
  if (isUuid(given)) return given;
  const source = nonEmpty(given) ?? `${type}\n${text}`;
  const hex = createHash('sha256').update(source).digest('hex');
  // RFC 9562, version 8: the bits are ours, but for the version and the variant.
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Bytes that are no UTF-8 were 255 at most when they came, and are three times as many as text. */
function short<Text extends string | undefined>(text: Text): Text | string {
  return text === undefined || Buffer.byteLength(text) <= SHORT_STRING_BYTES ? text : text.slice(0, SHORT_STRING_UNITS);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= LAST_MS;
}

function stringHeaders(headers: unknown): Record<string, string> {
  if (typeof headers !== 'object' || headers === null) return {};
  const entries = Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(entries);
}
