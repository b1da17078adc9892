import fc from 'fast-check';
import { framed, type Framing, framingHeaders, framings } from './framing.js';
import { authorization, contentType, extraHeaders, type Header, type Tokens } from './headers.js';
import { nonsense } from './nonsense.js';
import type { Operation } from './operations.js';
import { target } from './targets.js';
import { isControl } from './utf8.js';
import { bodyText, type Known } from './values.js';

/** What goes over the wire. */
export interface FuzzedRequest {
  /** `POST /orders`: the route that it is aimed at. */
  readonly operation: string;
  readonly bytes: Buffer;
  readonly bodiless: boolean;
  /** It is no whole HTTP request: a server may close without a word. */
  readonly broken: boolean;
}

/** Requests to the routes of a service: right ones, and all sorts of wrong ones. */
export function requests(operations: readonly Operation[], known: Known, tokens: Tokens): fc.Arbitrary<FuzzedRequest> {
  return fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom(...operations).chain((operation) => aimed(operation, known, tokens)) },
    {
      weight: 2,
      arbitrary: nonsense.map((bytes) => ({ operation: 'no HTTP', bytes, bodiless: false, broken: true })),
    },
  );
}

function aimed(operation: Operation, known: Known, tokens: Tokens): fc.Arbitrary<FuzzedRequest> {
  const parts = fc.record({
    method: fc.oneof({ weight: 15, arbitrary: fc.constant(operation.method) }, otherMethods),
    target: target(operation, known),
    who: authorization(tokens),
    type: contentType,
    more: extraHeaders(operation),
    body: bodyText(operation.body, known),
    // What is sent as anything but UTF-8 is no JSON text (RFC 8259, section 8.1).
    encoding: fc.constantFrom<BufferEncoding>('utf8', 'utf8', 'utf8', 'utf8', 'utf8', 'utf8', 'latin1', 'utf16le'),
    framing: fc.oneof({ weight: 20, arbitrary: fc.constant('length' as const) }, framings),
  });
  return parts.map(({ method, target, who, type, more, body, encoding, framing }) => {
    const content = Buffer.from(body, encoding);
    const plain = content.length === 0 && framing === 'length';
    const headers = [...who, ...(plain ? [] : type), ...more];
    return {
      operation: `${operation.method} ${operation.path}`,
      ...written({ method, target, headers, content, framing }),
    };
  });
}

interface RequestParts {
  readonly method: string;
  readonly target: string;
  /** Besides those that every request has, and those of the framing. */
  readonly headers: readonly Header[];
  readonly content: Buffer;
  readonly framing: Framing;
}

/** A request as it goes over the wire. */
export function written({ method, target, headers, content, framing }: RequestParts): Omit<FuzzedRequest, 'operation'> {
  const all = [...headers, ...framingHeaders(framing, content)];
  const head = [`${method} ${target} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close', ...all.map(lineOf), '', ''];
  return {
    bytes: Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), framed(framing, content)]),
    bodiless: method === 'HEAD',
    broken: !isWhole(method, target, all, framing),
  };
}

const lineOf = ([name, value]: Header) => `${name}: ${value}`;

const otherMethods = fc.constantFrom(
  'HEAD',
  'OPTIONS',
  'PATCH',
  'TRACE',
  'PROPFIND',
  'QUERY',
  'PURGE',
  'get',
  'NOPE',
  'GET\tX',
  'POST',
  'PUT',
  'DELETE',
);

/** HTTP that a server must answer; the rest it may also hang up on. */
function isWhole(method: string, target: string, headers: readonly Header[], framing: Framing): boolean {
  return (
    (framing === 'length' || framing === 'chunked') &&
    /^[A-Z]+$/.test(method) &&
    /^[\x21-\x7e]+$/.test(target) &&
    headers.every(([name, value]) => /^[\w-]+$/.test(name) && name !== 'Host' && !Array.from(value).some(isControl))
  );
}
