import {
  assert,
  type CompositeType,
  ERRORS,
  isCompositeType,
  isObjectType,
  isSubtype,
  type ObjectType,
  type Schema,
  type Type,
} from '@apollo/federation-internals';
import type { GraphQLError } from 'graphql';
import type { Data } from './data.js';
import type { SelectedField, Variables } from './selections.js';

/** One answer that is being shaped: what it is shaped by, where in it that is just now, and what was wrong until there. */
export interface Shaping {
  readonly schema: Schema;
  readonly variables: Variables;
  readonly path: (string | number)[];
  /** What was no value of its type, or no value where there has to be one. */
  readonly mistakes: GraphQLError[];
  readonly introspect: (field: SelectedField) => unknown;
}

/** Notes a mistake in the value of this type that is being shaped, a field of `parent` or an item of such a field's list. */
export function noteMistake({ path, mistakes }: Shaping, what: string, type: Type, parent: CompositeType): void {
  const place = path.at(-1);
  const value =
    typeof place === 'string' ? `field ${parent}.${place}` : `array element of type ${type} at index ${place}`;
  mistakes.push(ERRORS.INVALID_GRAPHQL.err(`${what} ${value}.`, { path: [...path] }));
}

/** The name of the type that an answer says an object is of; undefined where it says nothing. */
export function typenameOf({ path }: Shaping, input: Data): string | undefined {
  const { __typename: typename } = input;
  assert(
    typename === undefined || typeof typename === 'string',
    () => `Invalid non-string value ${typename} for __typename at ${path}`,
  );
  return typename;
}

/** What an object of a field's type is, by the name that it goes by; null where there is no such type. */
export function typeNamed(schema: Schema, typename: string | undefined, declared: CompositeType): CompositeType | null {
  if (!typename) return declared;
  const named = schema.type(typename);
  return named && isCompositeType(named) ? named : null;
}

/** Whether a fragment on this type is about an object: by its name for its type, else by what it stands as here. */
export function conditionApplies(
  schema: Schema,
  condition: CompositeType | null,
  typename: unknown,
  parent: CompositeType,
): boolean {
  if (!condition) return true;
  if (!typename) return isSubtype(condition, parent);
  const type = schema.type(String(typename));
  return type !== undefined && isSubtype(condition, type);
}

/** What `__typename` is answered with; null where that can't be known. */
export function typenameAnswer(
  schema: Schema,
  { responseName, read }: SelectedField,
  input: Data,
  parent: CompositeType,
): string | null {
  let named = read(input) ?? null;
  if (named === null && responseName !== '__typename') named = input['__typename'] ?? null;
  const type = typeof named === 'string' ? (schema.type(named) ?? parent) : parent;
  return isObjectType(type) ? (type as ObjectType).name : null;
}

export function assertTypename(typename: unknown): void {
  assert(!typename || typeof typename === 'string', () => `Got unexpected value for __typename: ${typename}`);
}

export function assertList(input: unknown, type: Type): asserts input is unknown[] {
  assert(Array.isArray(input), () => `Invalid non-list value ${input} returned by subgraph for list type ${type}`);
}

export function assertObject(input: unknown, type: Type): asserts input is Data {
  assert(
    typeof input === 'object',
    () => `Invalid non-object value ${input} returned by subgraph for composite type ${type}`,
  );
}
