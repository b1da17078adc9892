import { withoutCards } from './card-numbers.js';

export const REDACTED = '[redacted]';

/** The longest text that a log line carries. */
const MAX_TEXT = 16_384;

/** What stands between a name and its value. Closes the group of both. */
const SAID = `\\\\?["']?\\s{0,4}[:=]\\s{0,4})`;
/** A value in quotes, in quotes of a JSON text that is a string itself, or without its end. */
const QUOTED = `"(?:[^"\\\\]|\\\\.)*(?:"|$)|\\\\"(?:[^"\\\\]|\\\\[^"])*(?:\\\\"|$)|'[^']*(?:'|$)`;

/** What looks like a secret wherever it stands. Each expression is linear: its repetitions are bounded, or nothing can follow. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // RFC 7468: keys in PEM, also one that was cut off.
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g, REDACTED],
  // RFC 7519: parts of base64url, of which the first begins with the `{"` of a JSON object.
  [/(?:(?<![\w-])eyJ[\w-]{8,}|eyJ[\w-]{8,300})\.[\w-]{4,}(?:\.[\w-]*)?/g, REDACTED],
  // RFC 9110, section 11.6.2; a scheme in the middle of a sentence costs that sentence a word.
  [/\b(bearer|basic)\s{1,4}[^\s"',;\\]{6,}/gi, `$1 ${REDACTED}`],
  // RFC 3986: user and password of a URL, and those of one that is written wrongly.
  [/\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/?#"'<>@]{1,500}(?:@[^\s/?#"'<>@]{0,200})?@/gi, `$1${REDACTED}@`],
  [/\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/:@"'<>]{0,200}:(?!\d{1,5}(?:[/?#]|$))[^\s"'<>]{1,500}@/gi, `$1${REDACTED}@`],
  // Keys of well-known makes.
  [
    /\b(?:[sr]k[_-](?:live|test|proj)?[_-]?|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|npm_|AKIA|AIza)[\w-]{12,}/g,
    REDACTED,
  ],
  // A header with all that follows on its line, or its quoted value.
  [new RegExp(`((?:cookie|authorization)${SAID}(?:${QUOTED}|[^\\r\\n]+)`, 'gi'), `$1${REDACTED}`],
  // `password=...`, `"refreshToken": "..."`, also in JSON in a text, in a query string or in a GraphQL document.
  [
    new RegExp(
      `((?:pass(?:word|wd|phrase)|pwd|secret|token|(?:api|private|access)[-_]?key|otp|cvv|cvc)\\w{0,40}${SAID}` +
        `(?:${QUOTED}|[^\\r\\n,;&"'}\\]]+)`,
      'gi',
    ),
    `$1${REDACTED}`,
  ],
  [/(\bchangePassword\s{0,4}\()[^)]*/g, `$1${REDACTED}`],
  [/([?&](?:key|code|sig|signature|sid|session|auth)=)[^\s&#"']+/gi, `$1${REDACTED}`],
];

/** A text without passwords, tokens, cookies, keys and card-like numbers, and not longer than a log line should be. */
export function redactText(text: string): string {
  const bounded = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}... (${text.length} characters)` : text;
  const redacted = PATTERNS.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), bounded);
  return withoutCards(redacted, REDACTED);
}
