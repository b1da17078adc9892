import type { Random } from '../../chaos/random.js';
import { oddNames } from './hostile-values.js';

/** One way to break the text of a document. */
export type Damage = readonly [name: string, apply: (query: string, random: Random) => string];

const TOKEN = /"(?:\\.|[^"\\])*"|\.\.\.|[\w$@]+|\s+|[^\s\w]/gu;

const tokensOf = (query: string): string[] => query.match(TOKEN) ?? [];

/** What is done to some token that is more than blanks. */
function withToken(
  query: string,
  random: Random,
  change: (token: string, tokens: string[], at: number) => void,
): string {
  const tokens = tokensOf(query);
  const places = tokens.flatMap((token, at) => (token.trim() === '' ? [] : [at]));
  const at = random.pick(places);
  change(tokens[at] ?? '', tokens, at);
  return tokens.join('');
}

/** Another name in place of one of those that a pattern finds. */
function renamed(query: string, random: Random, names: RegExp, other: (name: string) => string): string {
  const found = [...query.matchAll(names)];
  if (found.length === 0) return `${query} ${other('x')}`;
  const { 0: name, index } = random.pick(found);
  return query.slice(0, index) + other(name) + query.slice(index + name.length);
}

export const damages: readonly Damage[] = [
  ['a token less', (query, random) => withToken(query, random, (_, tokens, at) => void tokens.splice(at, 1))],
  [
    'a token twice',
    (query, random) => withToken(query, random, (token, tokens, at) => tokens.splice(at, 0, token, ' ')),
  ],
  [
    'two tokens swapped',
    (query, random) =>
      withToken(query, random, (token, tokens, at) => {
        const other = random.below(tokens.length);
        [tokens[at], tokens[other]] = [tokens[other] ?? '', token];
      }),
  ],
  [
    'a token of another kind',
    (query, random) => withToken(query, random, (_, tokens, at) => (tokens[at] = random.pick(strayTokens))),
  ],
  ['cut off', (query, random) => query.slice(0, random.below(query.length))],
  ['a brace more', (query, random) => query + random.pick(['}', '{', '(', ')', ']', '{ {', '}}}}'])],
  ['braces that never close', (query, random) => query.replaceAll('}', '') + '{'.repeat(random.below(200))],
  ['an unknown field', (query, random) => renamed(query, random, /\b[a-z]\w+\b(?=[ ({])/gi, (name) => `${name}x`)],
  ['an odd field', (query, random) => renamed(query, random, /\b[a-z]\w+\b(?=[ ({])/gi, () => random.pick(oddNames))],
  [
    'a type of another kind',
    (query, random) =>
      renamed(query, random, /\b[A-Z]\w+/g, () => random.pick(['Int', 'Nothing', '_Any', '__Type', 'Query'])),
  ],
  ['an unknown variable', (query, random) => renamed(query, random, /\$\w+/g, () => `$${random.pick(oddNames)}`)],
  ['an unknown fragment', (query) => query.replace('{', '{ ...Nowhere ')],
  ['a fragment that spreads itself', (query) => `${query.replace('{', '{ ...F ')} fragment F on Query { ...F }`],
  [
    'fragments that spread each other',
    (query) => `${query.replace('{', '{ ...F ')} fragment F on Query { ...G } fragment G on Query { cart { id } ...F }`,
  ],
  ['an unused fragment', (query) => `${query} fragment F on Order { id }`],
  ['an unknown directive', (query) => query.replace('{', '@nowhere(if: true) {')],
  ['a directive in a wrong place', (query) => query.replace('{', '@skip(if: true) @deprecated {')],
  ['a directive twice', (query) => query.replace(/\b(\w+) \{/, '$1 @skip(if: false) @skip(if: false) {')],
  ['incremental delivery', (query) => query.replace(/\{/g, '{ ... @defer { __typename }')],
  ['two operations', (query) => `${query} query Other { cart { id } }`],
  ['the same operation twice', (query) => `${query} ${query}`],
  ['two anonymous operations', (query) => `{ cart { id } } ${query}`],
  ['a definition of a type', (query) => `${query} type Query { a: Int } extend type Order { b: Int }`],
  [
    'a string that never ends',
    (query, random) => `${query} ${random.pick(['"', '"""', '"\\', '"\\u12', '"\\ud800"'])}`,
  ],
  [
    'a strange character',
    (query, random) => withToken(query, random, (_, tokens, at) => void tokens.splice(at, 0, random.pick(strange))),
  ],
  [
    'the subgraphs’ own fields',
    () =>
      '{ _service { sdl } _entities(representations: [{__typename: "User", id: 1}]) { __typename ... on User { email } } }',
  ],
  ['not GraphQL', (_, random) => random.pick(notGraphql)],
];

const strayTokens = [
  '$',
  '@',
  '!',
  ':',
  '...',
  '|',
  '&',
  '{',
  '}',
  '(',
  '0x1',
  '1e999',
  '1.',
  '"',
  '""""',
  '#',
  '-',
  '..',
  'null',
  'true',
  'on',
  '$$',
];
const strange = ['\0', '\ufeff', '\u202e', '\ud800', '\u2028', '\x1b', '\u{1F468}', '%', '\\', '`', ';', '?', '\x7f'];
const notGraphql = [
  '',
  ' ',
  '#',
  ',',
  '\ufeff',
  '{',
  '{}',
  '{ }',
  'null',
  '[]',
  'query',
  'select 1',
  '<a/>',
  '{"a":1}',
  'query {',
  'subscription { a b }',
  '\0',
  '{ a(b: [[[[[[[]]]]]]]) }',
];
