import { isCustomScalarType, isEnumType, type Schema, type Type } from '@apollo/federation-internals';

/** The JSON text of a leaf's value; null where it is no value of its type. */
export type LeafText = (value: unknown) => string | null;

/** What JSON can't hold as it is: quotes, backslashes, control characters, and halves of a pair of surrogates. */
const ESCAPED = /["\\\p{Cc}\p{Cs}]/u;
/** From here on numbers are written with an exponent. */
const LARGEST_DIGITS = 1e21;

/** How values of a scalar or enum are written, and which are none: what subgraphs may answer for it. */
export function leafText(schema: Schema, type: Type): LeafText {
  if (isCustomScalarType(type)) return (value) => JSON.stringify(value);
  if (isEnumType(type)) {
    const texts = new Map(type.values.map(({ name }) => [name, `"${name}"`]));
    return (value) => (typeof value === 'string' ? (texts.get(value) ?? null) : null);
  }
  switch (type) {
    case schema.booleanType():
      return (value) => (typeof value === 'boolean' ? `${value}` : null);
    case schema.intType():
      return (value) => (isWhole(value) ? `${value}` : null);
    case schema.floatType():
      return (value) => (typeof value === 'number' && Number.isFinite(value) ? `${value}` : null);
    case schema.idType():
      return (value) => (typeof value === 'string' ? quoted(value) : isWhole(value) ? `${value}` : null);
    default:
      return (value) => (typeof value === 'string' ? quoted(value) : null);
  }
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value) && Math.abs(value as number) < LARGEST_DIGITS;
}

function quoted(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}
