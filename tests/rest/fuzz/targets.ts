import fc from 'fast-check';
import type { Operation } from './operations.js';
import { utf8 } from './utf8.js';
import { type Known, parameter } from './values.js';

/** What stands between the method and the version: the route's path and a query, right or wrong. */
export function target({ path, query }: Operation, known: Known): fc.Arbitrary<string> {
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
  '?__proto__[limit]=1',
  '?__proto__=1',
  '?constructor=1',
  '?toString=1',
  '?a=%00',
  '?limit=%F0%9F',
  '?limit=1#x',
  '?limit=١',
  `?${'a=1&'.repeat(2_000)}`,
  `?a=${'x'.repeat(9_000)}`,
  '?id=1;limit=2',
  '?limit=1%00',
  '?limit=+1',
  '?offset=9007199254740993',
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
