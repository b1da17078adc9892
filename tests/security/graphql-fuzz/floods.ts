/** Requests that ask for too much of something: each a query, and the JSON text of its variables. */
export interface Flood {
  readonly name: string;
  readonly query: string;
  readonly variables?: string;
}

const times = (count: number, text: (n: number) => string, between = ' ') =>
  Array.from({ length: count }, (_, n) => text(n)).join(between);
const nested = (depth: number, open: string, close: string, inner: string) =>
  open.repeat(depth) + inner + close.repeat(depth);

const user = (inner: string) => `user { orders(first: 100) { edges { node { ${inner} } } } }`;
const recursive = (depth: number): string => (depth === 0 ? 'id' : user(recursive(depth - 1)));
/** Each fragment spreads the next one twice. */
const doubling = (count: number) =>
  times(count, (n) => `fragment F${n} on Product { ...F${n + 1} ...F${n + 1} }`) +
  ` fragment F${count} on Product { id }`;
const product = '{"name":"x","price":1,"stock":1}';

export const floods: readonly Flood[] = [
  { name: 'aliases', query: `{ ${times(1_000, (n) => `a${n}: __typename`)} }` },
  {
    name: 'aliases of a costly field',
    query: `{ ${times(90, (n) => `a${n}: products(first: 100) { edges { node { id } } }`)} }`,
  },
  {
    name: 'logins by alias',
    query: `mutation { ${times(60, (n) => `a${n}: login(login: "a", password: "p${n}") { token }`)} }`,
  },
  { name: 'fields', query: `{ products { edges { node { ${'id name price '.repeat(400)} } } } }` },
  { name: 'depth', query: `{ me { ${recursive(30)} } }` },
  { name: 'depth within the limit', query: `{ me { ${recursive(3)} } }` },
  { name: 'depth of braces', query: nested(5_000, '{a', '}', '') },
  { name: 'depth of inline fragments', query: `{ ${nested(400, '... { ', '}', '__typename')} }` },
  { name: 'depth of a list literal', query: `{ product(id: ${nested(900, '[', ']', '1')}) { id } }` },
  {
    name: 'depth of an object literal',
    query: `{ products(filter: ${nested(300, '{search:', '}', '1')}) { edges { cursor } } }`,
  },
  { name: 'directives', query: `{ cart { id ${'@include(if: true) '.repeat(350)} } }` },
  { name: 'unknown directives', query: `{ cart { id ${times(900, (n) => `@d${n}`)} } }` },
  { name: 'a list literal', query: `mutation { createProducts(input: [${'1,'.repeat(10_000)}]) { id } }` },
  {
    name: 'a list literal within the limit',
    query: `mutation { createProducts(input: [${'1,'.repeat(1_900)}]) { id } }`,
  },
  {
    name: 'a list of 10,000 in a variable',
    query: 'mutation ($input: [ProductInput!]!) { createProducts(input: $input) { id } }',
    variables: `{"input":[${'1,'.repeat(9_999)}1]}`,
  },
  {
    name: 'a list of products in a variable',
    query: 'mutation ($input: [ProductInput!]!) { createProducts(input: $input) { id } }',
    variables: `{"input":[${`${product},`.repeat(2_500)}${product}]}`,
  },
  { name: 'fragments that double', query: `{ products { edges { node { ...F0 } } } } ${doubling(60)}` },
  { name: 'unused fragments that double', query: `{ cart { id } } ${doubling(60)}` },
  {
    name: 'fragments',
    query: `{ cart { id ${times(300, (n) => `...F${n}`)} } } ${times(300, (n) => `fragment F${n} on Cart { id }`)}`,
  },
  { name: 'operations', query: times(450, (n) => `query Q${n} { cart { id } }`) },
  { name: 'declared variables', query: `query (${times(400, (n) => `$v${n}: Int = 1`)}) { cart { id } }` },
  {
    name: 'fields of the same name with other arguments',
    query: `{ ${times(90, (n) => `product(id: ${n}) { id }`)} }`,
  },
  { name: 'fields to compare', query: `{ products { ${'edges { node { id } } '.repeat(160)} } }` },
  {
    name: 'introspection',
    query: `{ __schema { types { ${nested(6, 'fields { type { ', '} }', 'name')} } } }`,
  },
  {
    name: 'introspection without end',
    query: `{ __schema { types { ${nested(60, 'fields { type { ', '} }', 'name')} } } }`,
  },
  { name: 'introspection by alias', query: `{ ${times(80, (n) => `a${n}: __schema { types { fields { name } } }`)} }` },
  { name: 'a comment', query: `{ cart { id } } #${'x'.repeat(90_000)}` },
  { name: 'a name', query: `{ ${'x'.repeat(90_000)} }` },
  { name: 'a string', query: `{ product(id: "${'x'.repeat(90_000)}") { id } }` },
  { name: 'a block string', query: `{ product(id: """${'\n x'.repeat(25_000)}""") { id } }` },
  { name: 'a number', query: `{ product(id: ${'9'.repeat(90_000)}) { id } }` },
  { name: 'commas', query: `{ cart { id ${','.repeat(95_000)} } }` },
  { name: 'a body that is too large', query: `{ cart { id } } #${'x'.repeat(200_000)}` },
  { name: 'a body that is far too large', query: `{ cart { id } } #${'x'.repeat(2_000_000)}` },
  {
    name: 'depth of a variable',
    query: 'query ($id: ID!) { product(id: $id) { id } }',
    variables: `{"id":${nested(40_000, '[', ']', '')}}`,
  },
  { name: 'unknown variables', query: '{ cart { id } }', variables: `{${times(5_000, (n) => `"v${n}":${n}`, ',')}}` },
  {
    name: 'lists within lists',
    query: `{ users(first: 100) { edges { node { orders(first: 100) { edges { node { items { product { id } } payment { id } emails { id } timeline { detail } user { id } } } } } } } }`,
  },
];
