import fc from 'fast-check';
import type { Operation } from './operations.js';
import { bodyText, type Known, oddText, parameter } from './values.js';

/** What goes over the wire. */
export interface FuzzedRequest {
  /** `POST /orders`: the route that it is aimed at. */
  readonly operation: string;
  readonly bytes: Buffer;
  readonly bodiless: boolean;
  /** It is no whole HTTP request: a server may close without a word. */
  readonly broken: boolean;
}

/** Tokens by who they speak for. */
export interface Tokens {
  readonly customer: string;
  readonly admin: string;
}

type Header = readonly [name: string, value: string];

/** Requests to the routes of a service: right ones, and all sorts of wrong ones. */
export function requests(operations: readonly Operation[], known: Known, tokens: Tokens): fc.Arbitrary<FuzzedRequest> {
  return fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom(...operations).chain((operation) => aimed(operation, known, tokens)) },
    { weight: 2, arbitrary: nonsense },
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
    const headers = [...who, ...(plain ? [] : type), ...more, ...framingHeaders(framing, content)];
    const head = [
      `${method} ${target} HTTP/1.1`,
      'Host: 127.0.0.1',
      'Connection: close',
      ...headers.map(lineOf),
      '',
      '',
    ];
    return {
      operation: `${operation.method} ${operation.path}`,
      bytes: Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), framed(framing, content)]),
      bodiless: method === 'HEAD',
      broken: !isWhole(method, target, headers, framing),
    };
  });
}

const lineOf = ([name, value]: Header) => `${name}: ${value}`;

const otherMethods = fc.constantFrom(
  ...[
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
  ],
);

/** The text as UTF-8 bytes, one character each, so that a head written in Latin-1 bears them as they are. */
const utf8 = (text: string) => Buffer.from(text).toString('latin1');

function target({ path, query }: Operation, known: Known): fc.Arbitrary<string> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  const values = fc.tuple(...names.map((name) => parameter(name, known)));
  const escaped = values.map((all) =>
    all.reduce((rest, value, at) => rest.replace(`{${names[at]}}`, () => escape(value)), path),
  );
  const asked = fc.array(fc.tuple(fc.constantFrom('limit', 'offset', 'id', ...query), parameter('limit', known)), {
    maxLength: 3,
  });
  const queries = fc.oneof(
    { weight: 5, arbitrary: fc.constant('') },
    {
      weight: 5,
      arbitrary: asked.map((pairs) => `?${pairs.map(([name, value]) => `${name}=${escape(value)}`).join('&')}`),
    },
    oddQueries,
  );
  const right = fc.tuple(escaped, queries).map(([where, what]) => where + what);
  return fc.oneof(
    { weight: 12, arbitrary: right },
    fc.tuple(escaped, pathTricks).map(([where, trick]) => utf8(trick(where))),
  );
}

function escape(value: string): string {
  return encodeURIComponent(value.toWellFormed()).slice(0, 12_000);
}

const oddQueries = fc.constantFrom(
  ...[
    '?',
    '?&&&',
    '?=',
    '?%',
    '?%zz=%',
    '?limit',
    '?limit=1&limit=2',
    '?limit[]=1',
    '?limit[a]=1',
    '?id=1&id=2',
    '?id=',
  ],
  ...[
    '?__proto__[limit]=1',
    '?__proto__=1',
    '?constructor=1',
    '?toString=1',
    '?a=%00',
    '?limit=%F0%9F',
    '?limit=1#x',
    '?limit=١',
  ],
  ...[
    `?${'a=1&'.repeat(2_000)}`,
    `?a=${'x'.repeat(9_000)}`,
    '?id=1;limit=2',
    '?limit=1%00',
    '?limit=+1',
    '?offset=9007199254740993',
  ],
);

const pathTricks = fc.constantFrom<((path: string) => string)[]>(
  (path) => path.replaceAll('/', '//'),
  (path) => path.replace(/\/(?=[^/]*$)/, '%2f'),
  (path) => path.replace(/\/(?=[^/]*$)/, '%252F'),
  (path) => path.replace(/\/(?=[^/]*$)/, '\\'),
  (path) => `/..${path}`,
  (path) => `/swagger/static/..%2f..%2f..%2fetc/passwd?${path}`,
  (path) => `/swagger/static/%00${path}`,
  (path) => `/swagger/../${path}`,
  (path) => `${path}/%2e%2e/`,
  (path) => `${path}/../..`,
  (path) => `${path}%00`,
  (path) => `${path}%`,
  (path) => `${path}%zz`,
  (path) => `${path}%c0%af`,
  (path) => `${path}%ff%fe`,
  (path) => `${path};a=b`,
  (path) => `${path}.json`,
  (path) => `${path}/`,
  (path) => `${path}#x`,
  (path) => `${path}é`,
  (path) => path.toUpperCase(),
  (path) => path + '/x'.repeat(4_000),
  (path) => path + 'x'.repeat(12_000),
  (path) => path + 'x'.repeat(200),
  (path) => `http://example.com${path}`,
  (path) => `http://[::${path}`,
  (path) => `//example.com${path}`,
  (path) => `x${path}`,
  () => '*',
  () => '/%E0%A4%A',
  () => '/__proto__',
  () => '/constructor/prototype',
  () => '/cart/checkout',
);

function authorization({ customer, admin }: Tokens): fc.Arbitrary<readonly Header[]> {
  const bearer = (token: string): readonly Header[] => [['Authorization', `Bearer ${token}`]];
  const odd = fc.constantFrom(
    ...[
      '',
      ' ',
      'Bearer',
      'Bearer ',
      'Bearer  x',
      'bearer x.y.z',
      'Basic YTpi',
      'Bearer null',
      'Bearer a b c',
      `Bearer ${'x'.repeat(7_000)}`,
    ],
    ...[
      `Bearer ${admin}x`,
      `Bearer ${admin.split('.')[0]}..`,
      `Bearer ${admin.replace(/\.[^.]*$/, '.')}`,
      `${customer}`,
      `BEARER\t${customer}`,
    ],
    ...[
      `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.${admin.split('.')[1]}.`,
      'Bearer \xff\xfe',
      `Bearer ${customer},${admin}`,
    ],
  );
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant(bearer(customer)) },
    { weight: 5, arbitrary: fc.constant(bearer(admin)) },
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: odd.map((value): readonly Header[] => [['Authorization', value]]) },
    fc.constant([...bearer(customer), ...bearer(admin)]),
  );
}

const contentType: fc.Arbitrary<readonly Header[]> = fc.oneof(
  { weight: 12, arbitrary: fc.constant<readonly Header[]>([['Content-Type', 'application/json']]) },
  fc
    .constantFrom(
      ...[
        'text/plain',
        'application/json; charset=utf-16',
        'application/json;',
        'application/JSON',
        'application/x-www-form-urlencoded',
      ],
      ...[
        'multipart/form-data',
        'multipart/form-data; boundary=x',
        '',
        '*/*',
        'application/',
        'json',
        'application/json, text/plain',
        'a'.repeat(3_000),
      ],
      ...[
        'application/xml',
        'application/json\t;q=1',
        '__proto__',
        'application/merge-patch+json',
        'application/graphql',
        ';;;',
        'é/é',
      ],
    )
    .map((type): readonly Header[] => [['Content-Type', utf8(type)]]),
  fc.constant([]),
);

/** Text as a header can bear it, and sometimes as none can. */
const headerValue = fc.oneof(
  {
    weight: 8,
    arbitrary: oddText.map((value) =>
      utf8(value)
        .replace(/[\0-\x1f\x7f]/g, '')
        .slice(0, 6_000),
    ),
  },
  fc.constantFrom(
    '\0',
    'a\x01b',
    'a\r b',
    '\x7f',
    'x'.repeat(20_000),
    '',
    '"',
    'W/"1"',
    'W/""',
    '*',
    '"1", W/"2"',
    '1',
    '0',
    '-1',
  ),
);

function extraHeaders({ headers }: Operation): fc.Arbitrary<readonly Header[]> {
  const name = fc.constantFrom(
    ...[
      'Idempotency-Key',
      'If-Match',
      'If-None-Match',
      'X-Forwarded-For',
      'X-Forwarded-Host',
      'X-Forwarded-Proto',
      'X-Request-Id',
    ],
    ...[
      'Accept',
      'Accept-Encoding',
      'Range',
      'Origin',
      'Cookie',
      'traceparent',
      'X-HTTP-Method-Override',
      'Forwarded',
      'Via',
      'Content-Encoding',
    ],
    ...[
      'If-Modified-Since',
      'Accept-Version',
      'Keep-Alive',
      'TE',
      'Access-Control-Request-Method',
      '__proto__',
      'constructor',
      ...headers,
    ],
  );
  const one = fc.tuple(name, headerValue);
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant([]) },
    { weight: 8, arbitrary: fc.array(one, { minLength: 1, maxLength: 3 }) },
    one.map((header) => [header, header]),
    fc.constant(Array.from({ length: 1_500 }, (_, n): Header => [`X-${n}`, '1'])),
    fc
      .constantFrom<Header>(['Expect', '100-continue'], ['Expect', 'x'], ['Upgrade', 'websocket'], ['Upgrade', 'h2c'])
      .map((header) => [header]),
    fc.constant<readonly Header[]>([
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
    ]),
    fc
      .constantFrom<Header>(['bad name', 'x'], ['', 'x'], ['X\0', 'x'], ['Host', 'two'], ['Host', ''])
      .map((header) => [header]),
  );
}

type Framing = 'length' | 'chunked' | 'too long' | 'too short' | 'both' | 'bad chunk' | 'negative' | 'two lengths';
const framings = fc.constantFrom<Framing>(
  'chunked',
  'too long',
  'too short',
  'both',
  'bad chunk',
  'negative',
  'two lengths',
);

function framingHeaders(framing: Framing, { length }: Buffer): readonly Header[] {
  switch (framing) {
    case 'length':
      return length > 0 ? [['Content-Length', String(length)]] : [];
    case 'chunked':
    case 'bad chunk':
      return [['Transfer-Encoding', 'chunked']];
    case 'too long':
      return [['Content-Length', String(length + 10)]];
    case 'too short':
      return [['Content-Length', String(Math.floor(length / 2))]];
    case 'both':
      return [
        ['Content-Length', String(length)],
        ['Transfer-Encoding', 'chunked'],
      ];
    case 'negative':
      return [['Content-Length', '-1']];
    case 'two lengths':
      return [
        ['Content-Length', String(length)],
        ['Content-Length', String(length + 1)],
      ];
  }
}

function framed(framing: Framing, content: Buffer): Buffer {
  const chunk =
    content.length > 0 ? [Buffer.from(`${content.length.toString(16)}\r\n`), content, Buffer.from('\r\n')] : [];
  if (framing === 'chunked' || framing === 'both') return Buffer.concat([...chunk, Buffer.from('0\r\n\r\n')]);
  return framing === 'bad chunk' ? Buffer.concat([Buffer.from('zz\r\n'), content]) : content;
}

/** HTTP that a server must answer; the rest it may also hang up on. */
function isWhole(method: string, target: string, headers: readonly Header[], framing: Framing): boolean {
  return (
    (framing === 'length' || framing === 'chunked') &&
    /^[A-Z]+$/.test(method) &&
    /^[\x21-\x7e]+$/.test(target) &&
    headers.every(([name, value]) => /^[\w-]+$/.test(name) && /^[^\0-\x08\n-\x1f\x7f]*$/.test(value)) &&
    !headers.some(([name]) => name === 'Upgrade' || name === 'Host')
  );
}

/** What is no HTTP at all, or another one. */
const nonsense: fc.Arbitrary<FuzzedRequest> = fc
  .oneof(
    fc
      .constantFrom(
        ...[
          '\r\n\r\n',
          'GET\r\n\r\n',
          'GET / HTTP/9.9\r\n\r\n',
          'GET / HTTP/1.1\r\n\r\n',
          'GET / HTTP/1.0\r\n\r\n',
          'GET /\r\n\r\n',
          'HELO x\r\n',
        ],
        ...[
          'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
          '\x16\x03\x01\x02\x00\x01\x00',
          'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n',
          'GET / HTTP/1.1\r\nHost: a\r\n',
        ],
        ...[
          'GET / HTTP/1.1\nHost: a\n\n',
          'GET / HTTP/1.1\r\nHost: a\r\n continued\r\n\r\n',
          `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n\r\n`,
          '\0\0\0\0',
        ],
        ...[
          'POST /products HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked, x\r\n\r\n',
          'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n',
        ],
      )
      .map((text) => Buffer.from(text, 'latin1')),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  )
  .map((bytes) => ({ operation: 'no HTTP', bytes, bodiless: false, broken: true }));
