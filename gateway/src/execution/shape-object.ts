import {
  assert,
  type CompositeType,
  isCompositeType,
  isListType,
  isNonNullType,
  isValidLeafValue,
  type Type,
} from '@apollo/federation-internals';
import type { Data } from './data.js';
import type { SelectedField, Selections } from './selections.js';
import {
  assertList,
  assertObject,
  assertTypename,
  conditionApplies,
  noteMistake,
  type Shaping,
  typeNamed,
  typenameAnswer,
  typenameOf,
} from './shaping.js';

/** A value as it is shown. A null may be one that its parent can't have, and may have been noted as a mistake. */
interface Shaped {
  readonly value: unknown;
  readonly bubbles?: boolean;
  readonly noted?: boolean;
}

const NULL: Shaped = { value: null };
const NOTED: Shaped = { value: null, noted: true };
const BUBBLING: Shaped = { value: null, noted: true, bubbles: true };

/**
 * Adds what is selected of an answer to an output, in which some of it may stand already: fragments may select the same
 * field again, with other fields below. False where a null makes the whole object null.
 */
export function shapeInto(
  shaping: Shaping,
  output: Data,
  input: Data,
  selections: Selections,
  parent: CompositeType,
): boolean {
  for (const selection of selections) {
    if (selection.skips?.(shaping.variables)) continue;
    if (selection.kind === 'fragment') {
      const { __typename: typename } = input;
      assertTypename(typename);
      const { condition, below } = selection;
      if (!conditionApplies(shaping.schema, condition, typename, parent)) continue;
      if (!shapeInto(shaping, output, input, below, condition ?? parent)) return false;
    } else if (!shapeField(shaping, output, input, selection, parent)) return false;
  }
  return true;
}

function shapeField(shaping: Shaping, output: Data, input: Data, field: SelectedField, parent: CompositeType): boolean {
  const { responseName } = field;
  const there = output[responseName];
  if (field.kind === 'introspection') {
    if (there === undefined) output[responseName] = shaping.introspect(field);
    return true;
  }
  if (field.kind === 'typename') {
    if (there !== undefined) return true;
    const name = typenameAnswer(shaping.schema, field, input, parent);
    if (name !== null) output[responseName] = name;
    return name !== null;
  }
  shaping.path.push(responseName);
  const { value, bubbles = false } = shapeValue(shaping, there, field.read(input) ?? null, field.type, field, parent);
  shaping.path.pop();
  output[responseName] = value;
  return !bubbles;
}

function shapeValue(
  shaping: Shaping,
  there: unknown,
  input: unknown,
  type: Type,
  field: SelectedField,
  parent: CompositeType,
): Shaped {
  if (there === null || (there !== undefined && !field.below)) return { value: there };
  if (isNonNullType(type)) {
    const { value, noted } = shapeValue(shaping, there, input, type.ofType, field, parent);
    if (value !== null) return { value };
    if (!noted) noteMistake(shaping, 'Cannot return null for non-nullable', type.ofType, parent);
    return BUBBLING;
  }
  if (input === null) return NULL;
  if (isListType(type)) return shapeList(shaping, there, input, type.ofType, type, field, parent);
  if (isCompositeType(type)) return shapeComposite(shaping, there, input, type, field, parent);
  assert(there === undefined, () => `Excepted output to be undefined but got ${type} for type ${type}`);
  if (isValidLeafValue(shaping.schema, input, type as Parameters<typeof isValidLeafValue>[2])) return { value: input };
  noteMistake(shaping, 'Invalid value found for', type, parent);
  return NOTED;
}

function shapeList(
  shaping: Shaping,
  there: unknown,
  input: unknown,
  itemType: Type,
  type: Type,
  field: SelectedField,
  parent: CompositeType,
): Shaped {
  assertList(input, type);
  assert(
    there === undefined || Array.isArray(there),
    () => `Invalid non-list value ${there} returned by subgraph for list type ${type}`,
  );
  const before: unknown[] = there ?? Array.from({ length: input.length }, () => undefined);
  assert(
    input.length === before.length,
    () => `[${input}].length (${input.length}) !== [${before}].length (${before.length})`,
  );
  let bubbled = false;
  let noted = false;
  const value = before.map((item, index) => {
    shaping.path.push(index);
    const shaped = shapeValue(shaping, item, input[index], itemType, field, parent);
    shaping.path.pop();
    bubbled ||= Boolean(shaped.bubbles);
    noted ||= Boolean(shaped.noted);
    return shaped.value;
  });
  return { value: bubbled ? null : value, noted };
}

function shapeComposite(
  shaping: Shaping,
  there: unknown,
  input: unknown,
  type: CompositeType,
  { below }: SelectedField,
  parent: CompositeType,
): Shaped {
  assert(below, () => `Invalid empty selection set for composite type ${type}`);
  assertObject(input, type);
  assert(
    there === undefined || typeof there === 'object',
    () => `Invalid non-object value ${input} returned by subgraph for composite type ${type}`,
  );
  const own = typeNamed(shaping.schema, typenameOf(shaping, input), type);
  if (!own) {
    noteMistake(shaping, 'Invalid __typename found for object at', type, parent);
    return NOTED;
  }
  const output = (there ?? Object.create(null)) as Data;
  return shapeInto(shaping, output, input, below, own) ? { value: output } : NOTED;
}
