import fc from 'fast-check';
import { BODY_LIMIT } from '@shop/shared/http/web-server';
import type { Schema } from './operations.js';

/** What exists in the shop under test, so that a request gets past the first check: values by the name of their field. */
export type Known = Readonly<Record<string, readonly (string | number)[]>>;

/** Strings as JSON text that parsers, PostgreSQL, Redis and terminals have stumbled over. */
const oddStrings = fc.constantFrom(
  '""',
  '" "',
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\ufeff"',
  '"\\u202e\\u2066"',
  '"ÅÅ"',
  '"\u{1F468}\u200D\u{1F469}\u200D\u{1F467}"',
  '"\u1e9e\u0130\u0131"',
  '"%00"',
  '"%s%n%d"',
  '"{{7*7}}"',
  '"${7*7}"',
  `"'; drop table users; --"`,
  `"\\"'\`\\\\"`,
  '"<script>"',
  '"../../etc/passwd"',
  '"null"',
  '"__proto__"',
  '"NaN"',
  '"1"',
  '"-1"',
  '"1e3"',
  '"0x10"',
  '"2026-02-30T00:00:00Z"',
  '"00000000-0000-0000-0000-000000000000"',
  '"\\r\\nX-Injected: 1"',
  '"\\u2028\\u2029"',
  '"\u{10FFFF}\u{E000}"',
  '"a\\tb\\u0007\\u001b[31m"',
);

/** Numbers as JSON text: at the edges of int4, int8, doubles and of what the contract allows, and past them. */
const oddNumbers = fc.constantFrom(
  '0',
  '-0',
  '-1',
  '1',
  '0.5',
  '1.0',
  '1e0',
  '1E+2',
  '1e-7',
  '100e-2',
  '10000',
  '10001',
  '1e308',
  '1e400',
  '-1e400',
  '2147483647',
  '2147483648',
  '-2147483649',
  '4294967296',
  '9007199254740991',
  '9007199254740992',
  '9007199254740993',
  '-9007199254740991',
  '9223372036854775807',
  '9223372036854775808',
  '18446744073709551616',
  '3.0000000000000004',
  '0.1e1',
  '123456789012345678901234567890',
);

const text = fc.oneof(
  oddStrings,
  fc.string({ unit: 'binary', maxLength: 60 }).map((value) => JSON.stringify(value)),
);
const long = fc.integer({ min: 1, max: 4 }).map((power) => `"${'x'.repeat(10 ** power * 20)}"`);
const nested = fc
  .tuple(fc.constantFrom('[', '{"a":'), fc.constantFrom(3, 100, 5_000))
  .map(([open, depth]) => open.repeat(depth) + '1' + (open === '[' ? ']' : '}').repeat(depth));

/** Any JSON value, as text: most of them wrong wherever they stand. */
export const oddJson = fc.oneof(
  { weight: 6, arbitrary: text },
  { weight: 6, arbitrary: oddNumbers },
  { weight: 3, arbitrary: fc.constantFrom('null', 'true', 'false', '[]', '{}', '[null]', '[[]]', '{"":0}') },
  { weight: 2, arbitrary: long },
  { weight: 1, arbitrary: nested },
  { weight: 1, arbitrary: fc.json({ maxDepth: 3 }) },
);

/** An odd value as it stands in a path, a query or a header: not JSON, not escaped. */
export const oddText = oddJson.map((json) => json.replace(/^"(.*)"$/s, '$1'));

/** Keys that reach prototypes, and keys that nobody expects. */
const oddKeys = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'toJSON',
  'length',
  '',
  '\\u0000',
  'id',
  'ID',
  'user_id',
  'role',
  'version',
  'status',
  'is_admin',
  '$ne',
  'a.b',
  'a[b]',
  '0',
  'created_at',
  'userId',
);

/** The fields of a JSON object, each with its value's text; a key may come twice. */
type Fields = readonly (readonly [key: string, text: string])[];

const objectText = (fields: Fields) => `{${fields.map(([key, value]) => `"${key}":${value}`).join(',')}}`;

/** A value, as JSON text, that the schema is likely to accept. */
function likely(schema: Schema, known: Known, name = ''): fc.Arbitrary<string> {
  const { anyOf = schema.oneOf, properties, items } = schema;
  if (anyOf) return fc.oneof(...anyOf.map((one) => likely(one, known, name)));
  if (properties) return fieldsOf(properties, known).map(objectText);
  if (schema.enum) return fc.constantFrom(...schema.enum.map((value) => JSON.stringify(value)));
  if (items) return fc.array(likely(items, known), { maxLength: 4 }).map((texts) => `[${texts.join(',')}]`);
  const values = known[name];
  if (values) return fc.constantFrom(...values).map((value) => JSON.stringify(value));
  const type = typeof schema.type === 'string' ? schema.type : schema.type?.[0];
  if (type === 'integer' || type === 'number') return fc.integer({ min: 1, max: 99 }).map(String);
  if (type === 'null') return fc.constant('null');
  if (type === 'boolean') return fc.constantFrom('true', 'false');
  return type === 'string' ? fc.string({ maxLength: 30 }).map((value) => JSON.stringify(value)) : oddJson;
}

function fieldsOf(properties: Readonly<Record<string, Schema>>, known: Known): fc.Arbitrary<Fields> {
  const each = Object.entries(properties).map(([key, schema]) =>
    likely(schema, known, key).map((value) => [key, value] as const),
  );
  return fc.tuple(...each);
}

/** A body that is right but for one thing: a field odd, missing, doubled or too many. */
function spoilt(properties: Readonly<Record<string, Schema>>, known: Known): fc.Arbitrary<string> {
  const changes = fc.tuple(
    fieldsOf(properties, known),
    fc.nat(),
    oddKeys,
    oddJson,
    fc.constantFrom('odd', 'less', 'twice', 'more'),
  );
  return changes.map(([fields, at, key, value, change]) => {
    const field = fields[at % Math.max(fields.length, 1)];
    switch (change) {
      case 'odd':
        return objectText(fields.map((one) => (one === field ? [one[0], value] : one)));
      case 'less':
        return objectText(fields.filter((one) => one !== field));
      case 'twice':
        return objectText([...fields, [field?.[0] ?? key, value]]);
      case 'more':
        return objectText([...fields, [key, value]]);
    }
  });
}

/** Bodies that are no JSON, or JSON that only seems harmless. */
export const notJson = fc.constantFrom(
  '',
  ' ',
  '{',
  '{]',
  'nope',
  "{'a':1}",
  '{"a":1,}',
  '{"a":NaN}',
  '{"a":01}',
  '[1,2',
  '"',
  '\ufeff{}',
  '{}{}',
  '{"a":undefined}',
  '<a/>',
  'a=1&b=2',
  '\0',
  '{"\\u":1}',
  '{"a":1}\0',
  '[' + '['.repeat(50_000),
  '{"__proto__":{"a":1}}',
  '{"constructor":{"prototype":{"a":1}}}',
);

/** The same value many times over, in no more text than it takes to be too large for every service. */
function listOf(one: string, count: number): string {
  const most = Math.ceil((2 * BODY_LIMIT) / one.length);
  return `[${Array(Math.min(count, most)).fill(one).join(',')}]`;
}

/** The text of a request's body: right, nearly right, any JSON, or none at all. */
export function bodyText(schema: Schema | undefined, known: Known): fc.Arbitrary<string> {
  if (!schema) return fc.oneof({ weight: 6, arbitrary: fc.constant('') }, oddJson, notJson);
  const objects = [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(({ properties }) =>
    properties ? [properties] : [],
  );
  const wrong = objects.map((properties) => ({ weight: 6, arbitrary: spoilt(properties, known) }));
  const many = fc.integer({ min: 0, max: 2_000 });
  return fc.oneof(
    { weight: 4, arbitrary: likely(schema, known) },
    ...wrong,
    { weight: 2, arbitrary: oddJson },
    { weight: 2, arbitrary: notJson },
    {
      weight: 1,
      arbitrary: fc.tuple(likely(schema, known), many).map(([one, count]) => listOf(one, count)),
    },
  );
}

/** A value for a path's or a query's parameter, not escaped. */
export function parameter(name: string, known: Known): fc.Arbitrary<string> {
  const values = known[name];
  if (!values) return oddText;
  return fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...values).map(String) }, { weight: 2, arbitrary: oddText });
}
