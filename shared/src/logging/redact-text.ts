import { withoutCards, withoutCutNumber } from './card-numbers.js';

export const REDACTED = '[redacted]';

/** The longest text that a log line carries. */
const MAX_TEXT = 16_384;

/** What stands between a name and its value. Closes the group of both. */
const SAID = `\\\\?(?:["']|%22)?\\s{0,4}(?:[:=]|%3[AD])\\s{0,4})`;
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
      `((?:(?:pass(?:word|wd|phrase)|pwd|secret|token|(?:api|private|access)[-_]?key|session[-_]?id|otp|cvv|cvc)\\w{0,40}|` +
        `(?<![a-z])(?:pass|pw|sid|x-auth[\\w-]{0,40}))${SAID}` +
        `(?:${QUOTED}|[^\\r\\n,;&"'}\\]]+)`,
      'gi',
    ),
    `$1${REDACTED}`,
  ],
  // PostgreSQL's details of a violated constraint, which name the columns or none, and then the values.
  [
    /(\bKey \([^()]{0,80}(?:pass|pwd|secret|token|key|session|hash|card)[^()]{0,80}\)=\()[^]*?(?=\) (?:already exists|is (?:not present|still referenced)|conflicts)|$)/gi,
    `$1${REDACTED}`,
  ],
  [/(\bFailing row contains \()[^\r\n]*/g, `$1${REDACTED}`],
  // graphql-js repeats a variable's value, and says only behind it for which field it was.
  [/(\bVariable \\?"\$\w{1,100}\\?" got invalid value )[^\r\n]*/g, `$1${REDACTED}`],
  [/(\bchangePassword\s{0,4}\()[^)]*/g, `$1${REDACTED}`],
  [/([?&](?:key|code|sig|signature|sid|session|auth)=)[^\s&#"']+/gi, `$1${REDACTED}`],
];

/** As `redactText`, but for card numbers: for an identifier, which may have as many digits. */
export function redactSecrets(text: string): string {
  const bounded =
    text.length > MAX_TEXT ? `${withoutCutNumber(text.slice(0, MAX_TEXT))}... (${text.length} characters)` : text;
  return PATTERNS.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), bounded);
}

/** A text without passwords, tokens, cookies, keys and card-like numbers, and not longer than a log line should be. */
export function redactText(text: string): string {
  return withoutCards(redactSecrets(text), REDACTED);
}
