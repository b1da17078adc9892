import type { GraphQLSchema } from 'graphql';
import { httpStatus } from '@shop/shared/errors/app-error';
import type { Heard } from '../../rest/fuzz/raw-http.js';
import type { FuzzedRequest } from '../../rest/fuzz/requests.js';
import { faultInAny, isError } from '../../rest/fuzz/verdict.js';
import type { Caller, SignedIn } from './callers.js';
import type { WrittenOperation } from './operation.js';
import { faultInShape } from './shape.js';

/** What was sent, and by whom. */
export interface Asked extends FuzzedRequest {
  readonly caller: Caller;
  /** What a right answer answers; null where what was sent is no operation any more. */
  readonly valid: WrittenOperation | null;
}

type Answer = Extract<Heard, { kind: 'answer' }>;

/** The statuses of a valid operation's answer. 413: its values made the body too large. */
const VALID_STATUSES = new Set([200, 400, 401, 403, 413, 429]);
const LARGE_BODY = 100_000;
const LONGEST_MESSAGE = 600;
const ERROR_KEYS = new Set(['message', 'locations', 'path', 'extensions']);
const EXTENSION_KEYS = new Set(['code', 'field']);

/** How graphql and the gateway refuse documents, whatever the values are: those of valid operations may be odd, and are. */
const ABOUT_DOCUMENTS = [
  /^(?:Syntax Error|Cannot |Unknown |There can be only one |there is no operation )/,
  /^(?:Fragment|Fields|Directive) "/,
  /^Field "[^"]*" (?:of type|must not)/,
  /^Variable "[^"]*" (?:is|of type) /,
];

/** What is wrong with what was heard; null when nothing is. */
export function faultIn(schema: GraphQLSchema, asked: Asked, heard: Heard): string | null {
  if (heard.kind !== 'answer') return faultInAny(asked, heard);
  const answers = answersIn(heard);
  return (
    faultInAny(asked, heard, shownIn(asked, heard, answers)) ??
    strangersIn(heard.body, asked) ??
    faultInStatus(asked, heard) ??
    (answers ? answers.map((answer) => faultInAnswer(schema, asked, heard.status, answer)).find(Boolean) : undefined) ??
    (answers ? null : faultInOther(asked, heard))
  );
}

/** The GraphQL answers of a body: one, or one for each event; null when it has another form. */
function answersIn({ headers, body }: Answer): readonly Record<string, unknown>[] | null {
  const type = headers.get('content-type') ?? '';
  try {
    if (type.startsWith('text/event-stream'))
      return [...body.matchAll(/^event: next\ndata: (.*)\n\n/gm)].map(([, json = '']) => objectIn(json));
    const answer = objectIn(body);
    return 'data' in answer || 'errors' in answer ? [answer] : null;
  } catch {
    return null;
  }
}

function objectIn(json: string): Record<string, unknown> {
  const value = JSON.parse(json) as unknown;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('no object');
  return value as Record<string, unknown>;
}

/** As much of an answer as must show nothing of the inside: an administrator's log is made of it. */
function shownIn({ caller, bytes }: Asked, { body }: Answer, answers: ReturnType<typeof answersIn>): string {
  const readsLog = caller.kind === 'admin' && bytes.includes('logs');
  const shown = answers && readsLog ? JSON.stringify(answers.map(({ errors }) => errors)) : body;
  return withoutKnown(shown);
}

/** Words of ours and of GraphQL's that others have too: PostgreSQL for a string, V8 for JSON, JavaScript for an object. */
const KNOWN_WORDS = ['Syntax Error: Unterminated string.', 'the body is not valid JSON', '[Object]'];

export const withoutKnown = (text: string) => KNOWN_WORDS.reduce((rest, words) => rest.replaceAll(words, ''), text);

/** What others have as their secret, and is not the caller's to see. */
export function strangersIn(text: string, { caller, bytes }: Pick<Asked, 'caller' | 'bytes'>): string | null {
  const shown = caller.strangers.filter(({ secret }) => text.includes(secret));
  const named = ({ secret, refreshToken }: SignedIn) => bytes.includes(secret) || bytes.includes(refreshToken);
  return shown.every(named) ? null : "shows another customer's data";
}

function faultInStatus({ valid, caller, bytes }: Asked, { status }: Answer): string | null {
  if (!valid) return null;
  if (!VALID_STATUSES.has(status)) return `status ${status} for a valid operation`;
  if (caller.refused && status !== 401 && status !== 413) return `status ${status} for a token that is not good`;
  return status === 413 && bytes.length < LARGE_BODY ? 'status 413 for a body of less than 100 kB' : null;
}

function faultInAnswer(
  schema: GraphQLSchema,
  { valid }: Asked,
  status: number,
  { data, errors, ...others }: Record<string, unknown>,
): string | null {
  if (Object.keys(others).length > 0) return `an answer with ${Object.keys(others).join()}`;
  if (errors !== undefined) {
    const fault = faultInErrors(errors);
    if (fault) return fault;
    const about = (errors as { message: string }[]).map(({ message }) => message);
    if (valid && about.some((message) => ABOUT_DOCUMENTS.some((words) => words.test(message))))
      return 'a valid operation is refused as one that is not';
  } else if (data === undefined || data === null) return 'neither data nor errors';
  if (status >= 400) return data === undefined || data === null ? null : `data with status ${status}`;
  return valid && data ? faultInShape(schema, valid, data) : null;
}

/** What is wrong with a list of errors, wherever it stands. */
export function faultInErrors(errors: unknown): string | null {
  if (!Array.isArray(errors) || errors.length === 0) return 'errors that are no list of some';
  for (const error of errors as Record<string, unknown>[]) {
    const { message, extensions } = error;
    if (typeof message !== 'string' || message.length < 3) return 'an error without a sentence';
    if (message.length > LONGEST_MESSAGE) return `an error of more than ${LONGEST_MESSAGE} characters`;
    const { code } = (extensions ?? {}) as { code?: unknown };
    if (typeof code !== 'string' || !Object.hasOwn(httpStatus, code)) return `an error with the code ${String(code)}`;
    // Nothing of the shop is away.
    if (httpStatus[code as keyof typeof httpStatus] >= 500) return `an error with the code ${code}`;
    const more = [
      ...Object.keys(error).filter((key) => !ERROR_KEYS.has(key)),
      ...Object.keys(extensions as object).filter((key) => !EXTENSION_KEYS.has(key)),
    ];
    if (more.length > 0) return `an error with ${more.join()}`;
  }
  return null;
}

/** An answer that is none to an operation: a refusal before it came to be read as one, or a page for browsers. */
function faultInOther({ bodiless, valid, bytes }: Asked, { status, headers, body }: Answer): string | null {
  const type = headers.get('content-type') ?? '';
  if (valid) return `${status} without data or errors`;
  if (bodiless || status === 204 || status === 304) return null;
  if (status >= 400) {
    // A refused handshake is answered before there is a request.
    const handshake = /\r\nupgrade: *websocket/i.test(bytes.toString('latin1').split('\r\n\r\n')[0] ?? '');
    return isError(body, type) || handshake ? null : `${status} has a body that is no error`;
  }
  return type.startsWith('text/html') ? null : `${status} has a body that is no answer`;
}
