import type { FuzzedRequest } from './requests.js';
import type { Heard } from './raw-http.js';
import { isControl } from './utf8.js';

/** What no answer may show, unless its request said it: stacks, SQL, paths of ours, and the words of libraries. */
const inside: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a stack', /\n\s+at |\bat \S+ \(|\.[cm]?[jt]s:\d+/],
  [
    'SQL',
    /\b(insert into|delete from|update \w+ set|violates|syntax error at|null value in column|out of range for type)\b/i,
  ],
  [
    "PostgreSQL's words",
    /invalid input syntax|invalid byte sequence|unterminated|relation "|MikroORM|DriverException/i,
  ],
  ['a path', /node_modules|\/(src|dist|home|root|tmp|work)\/|file:\/\//],
  [
    "a library's words",
    /Too (?:big|small)|Invalid (?:input|option|string|element|key|union)|expected \w+ to|Unrecognized key|received (?:undefined|NaN)|FST_ERR|HPE_|ERR_HTTP|UND_ERR|\bECONN|\bZod|\bfastify|is not valid JSON|Unexpected token|url component|Cannot read|is not a function|\[object/i,
  ],
];

/** What is wrong with an answer; null when nothing is. */
export function faultIn(request: FuzzedRequest, heard: Heard): string | null {
  const fault = faultInAny(request, heard);
  if (fault !== null || heard.kind !== 'answer' || heard.status < 400 || request.bodiless) return fault;
  return isError(heard.body, heard.headers.get('content-type'))
    ? null
    : `${heard.status} has a body that is no {"error": "<one clear sentence>"}`;
}

/**
 * What no answer may be, whatever was asked: none, one of a fault of ours, or one that shows the inside. `shown`: as much
 * of its body as must not.
 */
export function faultInAny(
  { bytes, broken }: Pick<FuzzedRequest, 'bytes' | 'broken'>,
  heard: Heard,
  shown = heard.kind === 'answer' ? heard.body : '',
): string | null {
  if (heard.kind === 'silence') return 'no answer in time';
  if (heard.kind === 'closed') return broken ? null : 'closed without an answer';
  const { status } = heard;
  if (!(status >= 200 && status < 500)) return `status ${status}`;
  const seen = insideIn(shown, bytes.toString());
  return seen === null ? null : `${status} shows ${seen}`;
}

/** What of the inside an answer shows that its request did not say itself; null: nothing. */
export function insideIn(answer: string, sent: string): string | null {
  const shown = inside.find(([, pattern]) =>
    [...answer.matchAll(new RegExp(pattern, `g${pattern.flags}`))].some(([found]) => !sent.includes(found)),
  );
  return shown?.[0] ?? null;
}

/** Whether a body is an error as the REST contract has it. */
export function isError(body: string, type = ''): boolean {
  try {
    const { error, ...more } = JSON.parse(body) as Record<string, unknown>;
    return (
      type.startsWith('application/json') &&
      Object.keys(more).length === 0 &&
      typeof error === 'string' &&
      error.length >= 3 &&
      error.length <= 300 &&
      !Array.from(error).some(isControl)
    );
  } catch {
    return false;
  }
}
