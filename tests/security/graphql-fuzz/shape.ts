import { execute, type ExecutionResult, type GraphQLSchema, parse } from 'graphql';
import { jsonObject, type WrittenOperation } from './operation.js';

/**
 * What is wrong with the data of an answer, by what was asked; null when nothing is. The operation is executed once more,
 * on this data in place of resolvers: whatever has another key, type or length, or a null where none may be, makes that
 * come out differently. The order of keys is left to the gateway: its library puts those of fragments last.
 */
export function faultInShape(schema: GraphQLSchema, operation: WrittenOperation, data: unknown): string | null {
  const { data: expected, errors } = execute({
    schema,
    document: parse(operation.query),
    rootValue: data,
    operationName: operation.operationName,
    variableValues: asRead(jsonObject(Object.entries(operation.variables))),
    fieldResolver: (source: Record<string, unknown>, _arguments, _context, { path }) => source[path.key],
  }) as ExecutionResult;
  if (errors) return `data that is not what was asked for: ${errors[0]?.message}`;
  return inOrder(expected) === inOrder(data) ? null : 'data is not what was asked for';
}

/** JSON whose objects have their keys in one order. */
function inOrder(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inOrder).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([key, inner]) => `${JSON.stringify(key)}:${inOrder(inner)}`).join(',')}}`;
}

/** JSON as the gateway reads it: without the keys that reach prototypes. */
function asRead(text: string): Record<string, unknown> {
  return JSON.parse(text, (key, value: unknown) => {
    if (key === '__proto__') return undefined;
    return key === 'constructor' && Object.hasOwn(Object(value) as object, 'prototype') ? undefined : value;
  }) as Record<string, unknown>;
}
