import { isCardLike } from './card-numbers.js';
import { REDACTED, redactSecrets, redactText } from './redact-text.js';

/** Names of fields whose values are nobody's business, in any spelling: access_token, accessToken, X-Api-Key ... */
const SECRET_NAME =
  /pass(?:word|wd|phrase)|pwd|secret|token|authorization|cookie|credential|api[-_]?key|private[-_]?key|access[-_]?key|signature|card[-_]?(?:number|no)|session[-_]?(?:id|key)|^x-auth|^(?:cvv|cvc|pan|jwt|otp|pin|current|new)$/i;
/** Names that say so of a field, but are words like any other in a list: the shop has a service called auth. */
const SECRET_FIELD = /(?:^|[-_.])(?:pass|pw|session|sid|auth)$/i;
const SECRET_IN_CAMEL_CASE = /[a-z](?:Pass|Session|Sid|Auth)$/;
/** How many there are, or how many are allowed, is no secret. */
const COUNT_NAME = /tokens$|count$|limit$/i;

/** What a number may be about and be as long as a card's, by the last word of its name: order_total, unitPrice, seq. */
const PLAIN_NUMBERS: ReadonlySet<string> = new Set(
  'id uuid total subtotal price amount stock quantity version count seq offset limit port pid size length bytes time timestamp at ms ns seconds'.split(
    ' ',
  ),
);
/** Identifiers that are made of digits only, now and then. */
const IDENTIFIER = /^(?:trace|span|request|message|correlation|order)_?(?:id|uuid)$/i;

const MAX_DEPTH = 8;
const MAX_ITEMS = 100;

/** A value as it may stand in a log: plain data, of bounded size, whose secrets are gone by name and by look. Never throws. */
export function redact(value: unknown): unknown {
  return redacted(value, '', new Set());
}

/** The fields of a log line, redacted. */
export function redactFields(fields: object): Record<string, unknown> {
  const plain = redact(fields);
  return typeof plain === 'object' && plain !== null ? { ...plain } : { value: plain };
}

/** `name`: that of the field in which it stands. `above`: what it stands in, so that a circle ends. */
function redacted(value: unknown, name: string, above: ReadonlySet<object>): unknown {
  switch (typeof value) {
    case 'string':
      return IDENTIFIER.test(name) ? redactSecrets(value) : redactText(value);
    case 'number':
      return Number.isInteger(value) ? redactedNumber(value, name) : value;
    case 'bigint':
      return redactedNumber(value, name);
    case 'function':
    case 'symbol':
      return undefined;
    case 'object':
      return value === null ? null : redactedObject(value, above);
    case 'boolean':
    case 'undefined':
      return value;
  }
}

function redactedNumber(value: number | bigint, name: string): unknown {
  const about = /[A-Z]?[a-z]+$/.exec(name)?.[0].toLowerCase() ?? '';
  if (!PLAIN_NUMBERS.has(about) && isCardLike(String(value))) return REDACTED;
  return typeof value === 'bigint' ? String(value) : value;
}

/** Whatever a getter, a proxy or a toJSON does. */
function redactedObject(value: object, above: ReadonlySet<object>): unknown {
  if (above.has(value) || above.size === MAX_DEPTH) return '[...]';
  try {
    return plainObject(value, new Set(above).add(value));
  } catch {
    return '[unreadable]';
  }
}

function plainObject(value: object, within: ReadonlySet<object>): unknown {
  if (value instanceof Error) return redactedError(value, within);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Map)
    return redactEntries(
      [...value].map(([key, item]) => [textOf(key), item]),
      within,
    );
  if (value instanceof Set) return redactItems([...value], within);
  if (Array.isArray(value)) return redactItems(value, within);
  if ('toJSON' in value && typeof value.toJSON === 'function') return redacted(value.toJSON(), '', within);
  return redactEntries(
    Object.keys(value).map((key) => [key, readable(value, key)]),
    within,
  );
}

function redactEntries(entries: readonly (readonly [string, unknown])[], within: ReadonlySet<object>): object {
  // { name: 'cookie', value: '...' }, as some write headers.
  const named = entries.some(
    ([key, item]) => /^(?:name|key)$/i.test(key) && typeof item === 'string' && isSecretField(item, ''),
  );
  const kept = entries.slice(0, MAX_ITEMS).map(([key, item]) => {
    const secret = isSecretField(key, item) || (named && /^values?$/i.test(key));
    return [shownName(key), secret ? REDACTED : redacted(item, key, within)] as const;
  });
  return Object.fromEntries(kept);
}

/** Headers come as pairs too: a name, and then its value. */
function redactItems(items: readonly unknown[], within: ReadonlySet<object>): unknown[] {
  return items.slice(0, MAX_ITEMS).map((item, index) => {
    const before: unknown = items[index - 1];
    const named = typeof before === 'string' && before.length <= 64 && isSecret(before, item);
    return named && typeof item === 'string' ? REDACTED : redacted(item, '', within);
  });
}

function redactedError(error: Error, within: ReadonlySet<object>): object {
  const { name, message, stack, cause } = error;
  const others = Object.keys(error).filter((key) => !['name', 'message', 'stack', 'cause'].includes(key));
  const errors: unknown = error instanceof AggregateError ? error.errors : undefined;
  return {
    type: redactText(String(name)),
    message: redactText(String(message)),
    ...(typeof stack === 'string' && { stack: redactText(stack) }),
    ...redactEntries(
      others.map((key) => [key, readable(error, key)]),
      within,
    ),
    ...(cause !== undefined && { cause: redacted(cause, 'cause', within) }),
    ...(errors !== undefined && { errors: redacted(errors, 'errors', within) }),
  };
}

function isSecret(name: string, value: unknown): boolean {
  if (value === null || value === undefined || typeof value === 'boolean' || !SECRET_NAME.test(name)) return false;
  return !(typeof value === 'number' && COUNT_NAME.test(name));
}

/** What is an object under such a name may be told, but for the secrets in it. */
function isSecretField(name: string, value: unknown): boolean {
  if (isSecret(name, value)) return true;
  const plain = typeof value === 'string' || typeof value === 'number';
  return plain && (SECRET_FIELD.test(name) || SECRET_IN_CAMEL_CASE.test(name));
}

/** A name may hold a secret itself, where somebody has made a map of them. Short ones are too short for that. */
function shownName(name: string): string {
  return name.length > 12 ? redactText(name) : name;
}

function readable(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return '[unreadable]';
  }
}

const textOf = (key: unknown) => (typeof key === 'string' ? redactText(key) : String(redact(key)));
