import {
  type CompositeType,
  isCompositeType,
  isListType,
  isNonNullType,
  type Schema,
  type Type,
} from '@apollo/federation-internals';
import type { Data } from './data.js';
import { leafText } from './leaf-text.js';
import type { SelectedField, Selections } from './selections.js';
import { shapeInto } from './shape-object.js';
import {
  assertList,
  assertObject,
  noteMistake,
  type Shaping,
  typeNamed,
  typenameAnswer,
  typenameOf,
} from './shaping.js';
import { type VisibleField, visibleFields } from './visible-fields.js';

/** Writes a value as JSON: its text, or one of the three kinds of null. `parent`: what the object of the field stands as. */
type Write = (shaping: Shaping, input: unknown, parent: CompositeType) => string;

/** Writes an object's fields; null where a null of theirs makes the whole object null. */
type WriteFields = (shaping: Shaping, input: Data) => string | null;

const NULL = 'null';
/** Nulls that are known by what they are, and are never written: one whose mistake was noted, and one that its parent can't have. */
const NOTED = '\u0001';
const BUBBLING = '\u0002';

/** How an operation's data is written as JSON text: the same values as by `shapeInto`, without the objects in between. */
export function compileText(
  schema: Schema,
  selections: Selections,
  root: CompositeType,
): (shaping: Shaping, data: Data) => string | null {
  const fieldsOf = compileFields(schema, selections);
  const asObject = compileRepeated(selections, root);
  return (shaping, data) => {
    // Nobody has looked at it yet, and what is wrong with it shows only where it is looked at.
    const { __typename: typename } = data;
    if (typename && typeof typename !== 'string') return asObject(shaping, data);
    return fieldsOf(typename ? String(typename) : undefined, root)(shaping, data);
  };
}

/** The fields of objects by their type, each compiled when the first such object comes. */
function compileFields(schema: Schema, selections: Selections) {
  const known = new Map<string | undefined, WriteFields>();
  return (typename: string | undefined, own: CompositeType): WriteFields => {
    const compiled = known.get(typename);
    if (compiled) return compiled;
    const fields = visibleFields(schema, selections, typename, own);
    const write = fields ? compileVisible(schema, fields) : compileRepeated(selections, own);
    if (typename === undefined || schema.type(typename)) known.set(typename, write);
    return write;
  };
}

/** Where a field is selected more than once: as objects, into which it can be put more than once. */
function compileRepeated(selections: Selections, own: CompositeType): WriteFields {
  return (shaping, input) => {
    const output = Object.create(null) as Data;
    return shapeInto(shaping, output, input, selections, own) ? JSON.stringify(output) : null;
  };
}

function compileVisible(schema: Schema, fields: readonly VisibleField[]): WriteFields {
  const writers = fields.map(({ field, parent, skips }) => {
    const name = JSON.stringify(field.responseName);
    const first = `{${name}:`;
    return {
      first,
      next: `,${name}:`,
      skips: skips.length > 0 ? skips : null,
      write: fieldWriter(schema, field, parent),
    };
  });
  return (shaping, input) => {
    let text = '';
    for (const { first, next, skips, write } of writers) {
      if (skips?.some((skip) => skip(shaping.variables))) continue;
      const value = write(shaping, input);
      if (value === BUBBLING) return null;
      text += text === '' ? first : next;
      text += value === NOTED ? NULL : value;
    }
    return text === '' ? '{}' : `${text}}`;
  };
}

function fieldWriter(schema: Schema, field: SelectedField, parent: CompositeType) {
  const { responseName, read } = field;
  if (field.kind === 'introspection') return (shaping: Shaping) => JSON.stringify(shaping.introspect(field)) ?? NULL;
  if (field.kind === 'typename')
    return (_: Shaping, input: Data) => {
      const name = typenameAnswer(schema, field, input, parent);
      return name === null ? BUBBLING : `"${name}"`;
    };
  const write = compileValue(schema, field.type, field.below);
  return (shaping: Shaping, input: Data) => {
    shaping.path.push(responseName);
    const text = write(shaping, read(input) ?? null, parent);
    shaping.path.pop();
    return text;
  };
}

function compileValue(schema: Schema, type: Type, below: Selections | null): Write {
  if (isNonNullType(type)) return compileNonNull(compileValue(schema, type.ofType, below), type.ofType);
  if (isListType(type)) return compileList(compileValue(schema, type.ofType, below), type);
  if (isCompositeType(type)) return compileObject(schema, type, below ?? []);
  const write = leafText(schema, type);
  return (shaping, input, parent) => {
    if (input === null) return NULL;
    const text = write(input);
    if (text !== null) return text;
    noteMistake(shaping, 'Invalid value found for', type, parent);
    return NOTED;
  };
}

function compileNonNull(write: Write, type: Type): Write {
  return (shaping, input, parent) => {
    const text = write(shaping, input, parent);
    if (text !== NULL && text !== NOTED) return text;
    if (text === NULL) noteMistake(shaping, 'Cannot return null for non-nullable', type, parent);
    return BUBBLING;
  };
}

function compileList(write: Write, type: Type): Write {
  return (shaping, input, parent) => {
    if (input === null) return NULL;
    assertList(input, type);
    let text = '[';
    let bubbled = false;
    for (let index = 0; index < input.length; index += 1) {
      shaping.path.push(index);
      const item = write(shaping, input[index], parent);
      shaping.path.pop();
      bubbled ||= item === BUBBLING;
      if (index > 0) text += ',';
      text += item === NOTED ? NULL : item;
    }
    return bubbled ? NOTED : `${text}]`;
  };
}

function compileObject(schema: Schema, type: CompositeType, below: Selections): Write {
  const fieldsOf = compileFields(schema, below);
  return (shaping, input, parent) => {
    if (input === null) return NULL;
    assertObject(input, type);
    const typename = typenameOf(shaping, input);
    const own = typeNamed(schema, typename, type);
    if (!own) {
      noteMistake(shaping, 'Invalid __typename found for object at', type, parent);
      return NOTED;
    }
    return fieldsOf(typename === '' ? undefined : typename, own)(shaping, input) ?? NOTED;
  };
}
