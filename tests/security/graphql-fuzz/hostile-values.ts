import fc from 'fast-check';
import {
  getNullableType,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { Random } from '../../chaos/random.js';
import { type Known, oddJson } from '../../rest/fuzz/values.js';
import { jsonObject } from './operation.js';

/** Where a value goes: to an argument or an input's field, somewhere below a root field. */
export interface Place {
  readonly field: string;
  readonly argument: string;
}

/** What exists of the thing that a place wants, by names of `Known`. */
const sorts: Readonly<Record<string, string>> = {
  productId: 'product',
  orderId: 'order',
  orderUuid: 'uuid',
  userId: 'user',
  product: 'product',
  updateProduct: 'product',
  deleteProduct: 'product',
  order: 'order',
  cancelOrder: 'order',
  updateOrderStatus: 'order',
  updateCartItem: 'cartItem',
  removeFromCart: 'cartItem',
};

const POOL = 3_000;
/** Longer texts would make most requests larger than a body may be. */
const LONGEST = 25_000;

/** Cursors that no list has given, though their form is right. */
const forgedCursors = [
  [],
  null,
  0,
  -1,
  2 ** 53,
  1e308,
  '1',
  {},
  { id: 1 },
  ['NEWEST', 'x', 1],
  ['NAME', 'a\0', 1],
  ['NAME', '\ud800', 1],
  ['NEWEST', 1, 2 ** 53],
  [[[[]]]],
  ['2026-02-30T00:00:00.000Z', 1],
  ['0000-01-01T00:00:00.000Z', '1'],
  ["'; drop table users; --", 1],
].map((position) => Buffer.from(JSON.stringify(position)).toString('base64url'));

const literals = {
  Int: ['0', '-0', '-1', '1', '2', '3', '5', '5', '99', '100', '101', '10000', '2147483647', '-2147483648'],
  SafeInt: ['0', '-1', '1', '6666', '9007199254740991', '-9007199254740991', '2147483648'],
  ID: ['0', '-1', '1', '9007199254740993', '18446744073709551616', `${'9'.repeat(400)}`, '""', '"1.0"', '"%31"', '"١"'],
  Boolean: ['true', 'false'],
  DateTime: [
    '"0000-01-01T00:00:00Z"',
    '"0001-01-01T00:00:00+23:59"',
    '"1970-01-01T00:00Z"',
    '"2026-01-31T12:00:00.000Z"',
    '"9999-12-31T23:59:59.999999999Z"',
  ],
} as const;

const isLiteralName = (name: string): name is keyof typeof literals => Object.hasOwn(literals, name);

/** Values that a place may take, and that somebody would send to see what happens. */
export class HostileValues {
  private readonly odd: readonly string[];
  private readonly oddStrings: readonly string[];

  constructor(seed: number) {
    this.odd = fc.sample(oddJson, { seed, numRuns: POOL }).filter(({ length }) => length < LONGEST);
    const values = this.odd.filter((text) => text.startsWith('"')).map((text) => JSON.parse(text) as string);
    this.oddStrings = values.map((value) => value.toWellFormed());
  }

  /** A variable's JSON text: mostly one that its type takes. */
  variable(random: Random, type: GraphQLInputType, place: Place, known: Known): string {
    if (random.chance(isNonNullType(type) ? 0.02 : 0.08)) return 'null';
    if (random.chance(0.12)) return random.pick(this.odd);
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      const item = () => this.variable(random, nullable.ofType as GraphQLInputType, place, known);
      return `[${Array.from({ length: random.below(4) }, item).join(',')}]`;
    }
    if (isInputObjectType(nullable)) {
      const fields = Object.values(nullable.getFields()).filter(
        (field) => isNonNullType(field.type) || random.chance(0.6),
      );
      const inner = (field: (typeof fields)[number]) =>
        this.variable(random, field.type, { ...place, argument: field.name }, known);
      const extra = random.chance(0.03) ? [[random.pick(oddNames), random.pick(this.odd)] as const] : [];
      return jsonObject([...fields.map((field) => [field.name, inner(field)] as const), ...extra]);
    }
    if (isEnumType(nullable)) return JSON.stringify(random.pick(nullable.getValues()).name);
    // What GraphQL takes for an ID and for a string is told by the same JSON.
    return this.scalar(random, nullable.name, place, known);
  }

  /** The literal of a scalar or enum type, as valid documents have it. */
  literal(random: Random, type: GraphQLInputType, place: Place, known: Known): string {
    if (!isNonNullType(type) && random.chance(0.06)) return 'null';
    const nullable = getNullableType(type);
    if (isEnumType(nullable)) return random.pick(nullable.getValues()).name;
    const name = 'name' in nullable ? nullable.name : '';
    return this.scalar(random, name, place, known);
  }

  /** Any JSON. */
  anything(random: Random): string {
    return random.pick(this.odd);
  }

  /** A text that is JSON's and GraphQL's alike: what escapes one has, the other has too. */
  private scalar(random: Random, name: string, place: Place, known: Known): string {
    const found = this.existing(random, place, known);
    if (found !== undefined && random.chance(0.7)) return textOf(found, name);
    const edges = isLiteralName(name) ? literals[name] : [];
    if (edges.length > 0 && (name !== 'ID' || random.chance(0.5))) return random.pick(edges);
    if (place.argument === 'after') return JSON.stringify(random.pick(forgedCursors));
    return JSON.stringify(random.pick(this.oddStrings));
  }

  private existing(random: Random, { field, argument }: Place, known: Known): string | number | undefined {
    const sort = sorts[argument] ?? (argument === 'id' ? sorts[field] : undefined) ?? argument;
    // Now and then something of another kind: an order where a product is wanted.
    const kind = sort !== argument && random.chance(0.15) ? random.pick(Object.values(sorts)) : sort;
    const values = known[kind] ?? [];
    return values.length > 0 ? random.pick(values) : undefined;
  }
}

/** Something that exists, as a value of this type. */
function textOf(value: string | number, type: string): string {
  if (type === 'Int' || type === 'SafeInt')
    return String(Number.isSafeInteger(Number(value)) ? Math.trunc(Number(value)) : 1);
  if (type === 'Boolean') return 'true';
  return JSON.stringify(String(value).toWellFormed());
}

/** Names that GraphQL allows, and that JavaScript has other plans for. */
export const oddNames = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'toJSON',
  'hasOwnProperty',
  'valueOf',
  'then',
  'length',
  'data',
  'errors',
  'extensions',
  '_',
  '__a',
  '_entities',
  '_service',
  'null0',
  'on',
  'representations',
  'query',
  'fragment',
  `x${'y'.repeat(60)}`,
];
