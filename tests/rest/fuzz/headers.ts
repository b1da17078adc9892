import fc from 'fast-check';
import type { Operation } from './operations.js';
import { isControl, utf8 } from './utf8.js';
import { oddText } from './values.js';

/** A header as it stands on its line. */
export type Header = readonly [name: string, value: string];

/** Tokens by who they speak for. */
export interface Tokens {
  readonly customer: string;
  readonly admin: string;
}

/** Who asks: a customer, an administrator, nobody, and who can't be told. */
export function authorization({ customer, admin }: Tokens): fc.Arbitrary<readonly Header[]> {
  const bearer = (token: string): readonly Header[] => [['Authorization', `Bearer ${token}`]];
  const odd = fc.constantFrom(
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
    `Bearer ${admin}x`,
    `Bearer ${admin.split('.')[0]}..`,
    `Bearer ${admin.replace(/\.[^.]*$/, '.')}`,
    `${customer}`,
    `BEARER\t${customer}`,
    `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.${admin.split('.')[1]}.`,
    'Bearer \xff\xfe',
    `Bearer ${customer},${admin}`,
  );
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant(bearer(customer)) },
    { weight: 5, arbitrary: fc.constant(bearer(admin)) },
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: odd.map((value): readonly Header[] => [['Authorization', value]]) },
    fc.constant([...bearer(customer), ...bearer(admin)]),
  );
}

/** JSON, another type, or none. */
export const contentType: fc.Arbitrary<readonly Header[]> = fc.oneof(
  { weight: 12, arbitrary: fc.constant<readonly Header[]>([['Content-Type', 'application/json']]) },
  fc
    .constantFrom(
      'text/plain',
      'application/json; charset=utf-16',
      'application/json;',
      'application/JSON',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'multipart/form-data; boundary=x',
      '',
      '*/*',
      'application/',
      'json',
      'application/json, text/plain',
      'a'.repeat(3_000),
      'application/xml',
      'application/json\t;q=1',
      '__proto__',
      'application/merge-patch+json',
      'text/json',
      'application/json; foo="a;charset=x"',
      'application/graphql',
      ';;;',
      'é/é',
    )
    .map((type): readonly Header[] => [['Content-Type', utf8(type)]]),
  fc.constant([]),
);

/** Text as a header can bear it, and sometimes as none can. */
const headerValue = fc.oneof(
  {
    weight: 8,
    arbitrary: oddText.map((value) =>
      Array.from(utf8(value.slice(0, 2_000)))
        .filter((character) => !isControl(character))
        .join(''),
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

/** None, some that the shop reads or others do, and more than there may be. */
export function extraHeaders({ headers }: Pick<Operation, 'headers'>): fc.Arbitrary<readonly Header[]> {
  const name = fc.constantFrom(
    'Idempotency-Key',
    'If-Match',
    'If-None-Match',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'X-Forwarded-Proto',
    'X-Request-Id',
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
    'If-Modified-Since',
    'Accept-Version',
    'Keep-Alive',
    'TE',
    'Access-Control-Request-Method',
    '__proto__',
    'constructor',
    ...headers,
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
