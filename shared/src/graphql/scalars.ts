import { GraphQLError, GraphQLScalarType, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';

const wrong = (message: string, nodes?: ValueNode) =>
  new GraphQLError(message, { nodes, extensions: { code: 'BAD_USER_INPUT' } });

/** A whole number that JavaScript and JSON keep exactly: -(2^53-1) to 2^53-1. */
export const SafeInt = new GraphQLScalarType<number, number>({
  name: 'SafeInt',
  serialize: (value) => safeInt(value),
  parseValue: (value) => safeInt(value),
  parseLiteral(node) {
    if (node.kind !== Kind.INT) throw wrong('SafeInt must be a whole number', node);
    return safeInt(Number(node.value), node);
  },
});

function safeInt(value: unknown, node?: ValueNode): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw wrong('SafeInt must be a whole number from -(2^53-1) to 2^53-1', node);
}

/** An instant, ISO 8601 in UTC with milliseconds. */
export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  serialize: (value) => instant(value).toISOString(),
  parseValue: (value) => instant(value),
  parseLiteral(node) {
    if (node.kind !== Kind.STRING) throw wrong('DateTime must be an ISO 8601 string', node);
    return instant(node.value, node);
  },
});

const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

function instant(value: unknown, node?: ValueNode): Date {
  const date =
    value instanceof Date ? value : typeof value === 'string' && ISO_8601.test(value) ? new Date(value) : null;
  if (!date || Number.isNaN(date.getTime())) throw wrong('DateTime must be an ISO 8601 instant', node);
  return date;
}

/** Any JSON value. */
export const Json = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
});
