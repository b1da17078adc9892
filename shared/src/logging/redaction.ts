const REDACTED = '[redacted]';

/** Names of fields whose values are nobody's business, in any spelling: access_token, accessToken, X-Api-Key ... */
const SECRET_NAME =
  /pass(?:word|wd|phrase)|secret|token(?!s$|_count$)|authorization|cookie|credential|api[-_]?key|private[-_]?key|^(?:card[-_]?(?:number|no)|cvv|cvc|pan|jwt)$/i;

const BEARER = /\b(bearer|basic)\s{1,4}[\w.~+/=-]{8,}/gi;
/** RFC 7519: two parts of base64url that begin with the `{"` of a JSON object. */
const JWT = /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?/g;
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s/@]{1,500}@/gi;
/** `password=...`, `"refresh_token": "..."` and `set-cookie: ...` in the middle of a text. */
const NAMED_VALUE =
  /((?:pass(?:word|wd|phrase)|secret|token|authorization|cookie|api[-_]?key)\w{0,40}\\?["']?\s{0,4}[:=]\s{0,4})(?:\\?"[^"]*"|'[^']*'|[^\s,;&"'}\]]+)/gi;
/** ISO/IEC 7812: 13 to 19 digits, the first one a bank's or a merchant's, perhaps in groups. */
const CARD = /(?<![\w.-])[2-6]\d{3}(?:[ -]?\d{2,6}){2,4}(?![\w-])/g;

const MAX_DEPTH = 8;
const MAX_ITEMS = 100;
const MAX_TEXT = 16_384;

/** A text without passwords, tokens and card-like numbers, and not longer than a log line should be. */
export function redactText(text: string): string {
  const bounded = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}... (${text.length} characters)` : text;
  return bounded
    .replace(JWT, REDACTED)
    .replace(BEARER, `$1 ${REDACTED}`)
    .replace(URL_PASSWORD, `$1${REDACTED}@`)
    .replace(NAMED_VALUE, `$1${REDACTED}`)
    .replace(CARD, (candidate) => (isCardLike(candidate.replace(/\D/g, '')) ? REDACTED : candidate));
}

/** A value as it may stand in a log: plain data, of bounded size, whose secrets are gone by name and by look. */
export function redact(value: unknown): unknown {
  return redacted(value, 0, new Set());
}

/** The fields of a log line, redacted. */
export function redactFields(fields: object): Record<string, unknown> {
  return redactEntries(fields, 0, new Set());
}

function redacted(value: unknown, depth: number, above: Set<object>): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'number' || typeof value === 'bigint')
    return isCardLike(String(value)) ? REDACTED : plain(value);
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (above.has(value) || depth === MAX_DEPTH) return '[...]';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  const within = new Set(above).add(value);
  if (value instanceof Error) return redactedError(value, depth, within);
  if (value instanceof Map || value instanceof Set) return redacted([...value], depth, within);
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => redacted(item, depth + 1, within));
  return redactEntries(value, depth, within);
}

const plain = (value: number | bigint) => (typeof value === 'bigint' ? String(value) : value);

function redactEntries(value: object, depth: number, above: Set<object>): Record<string, unknown> {
  const entries = Object.entries(value).slice(0, MAX_ITEMS);
  return Object.fromEntries(
    entries.map(([name, item]) => [
      name,
      SECRET_NAME.test(name) && item !== null && item !== undefined ? REDACTED : redacted(item, depth + 1, above),
    ]),
  );
}

function redactedError(error: Error, depth: number, above: Set<object>): Record<string, unknown> {
  const { name, message, stack, cause, ...others } = error;
  return {
    type: name,
    message: redactText(message),
    ...(stack !== undefined && { stack: redactText(stack) }),
    ...redactEntries(others, depth, above),
    ...(cause !== undefined && { cause: redacted(cause, depth + 1, above) }),
  };
}

/** The check digit of ISO/IEC 7812-1, annex B (Luhn). */
function isCardLike(digits: string): boolean {
  if (!/^[2-6]\d{12,18}$/.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}
