import { getResponseName, type QueryPlanSelectionNode } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { type Data, readerOf } from './data.js';
import { merge } from './merging.js';
import { isOfType, isPossible } from './rewrites.js';

/** What a fetch needs of an object to ask for it; null where that is not all there. */
export type Representation = (source: unknown) => Data | null;

/** How a fetch's `requires` are read off an object that was answered before. */
export function compileRepresentation(
  schema: GraphQLSchema,
  selections: readonly QueryPlanSelectionNode[],
): Representation {
  const parts = selections.map((selection) => compilePart(schema, selection));
  return (source) => {
    if (source === null) return null;
    const result = Object.create(null) as Data;
    return parts.every((part) => part(source as Data, result)) ? result : null;
  };
}

/** Adds its part to a representation; false where there is none of all of it. */
type Part = (source: Data, result: Data) => boolean;

function compilePart(schema: GraphQLSchema, selection: QueryPlanSelectionNode): Part {
  if (selection.kind === 'InlineFragment') {
    const { typeCondition, selections } = selection;
    if (!typeCondition) return () => true;
    const below = compileRepresentation(schema, selections);
    return (source, result) => {
      if (source && isOfType(schema, source, typeCondition)) merge(result, below(source));
      return true;
    };
  }
  const name = getResponseName(selection);
  const read = readerOf(name);
  const below = selection.selections ? compileRepresentation(schema, selection.selections) : null;
  return (source, result) => {
    const value = read(source);
    if (value === undefined) return false;
    if (below === null) result[name] = value;
    else result[name] = Array.isArray(value) ? value.map(below) : below(value);
    return true;
  };
}

/** The JSON text of a representation. Undefined where it has to be made as an object first; null where there is none. */
export type RepresentationText = (source: unknown) => string | null | undefined;

/** The same, straight to text, for the usual case: an object's own type asks for plain fields of it. */
export function compileRepresentationText(
  schema: GraphQLSchema,
  selections: readonly QueryPlanSelectionNode[],
): RepresentationText {
  const byType = new Map<string, RepresentationText>();
  const textFor = (typename: string): RepresentationText => {
    const fitting = selections.filter((selection) => fits(schema, typename, selection));
    const [only] = fitting;
    if (fitting.length === 0) return () => null;
    return (fitting.length === 1 && only?.kind === 'InlineFragment' && plainText(only.selections)) || (() => undefined);
  };
  return (source) => {
    const typename = (source as Data)['__typename'];
    if (typeof typename !== 'string' || typename === '') return undefined;
    const known = byType.get(typename);
    if (known) return known(source);
    const text = textFor(typename);
    // Whatever subgraphs call their types: only those that exist are remembered.
    if (schema.getType(typename)) byType.set(typename, text);
    return text(source);
  };
}

function fits(schema: GraphQLSchema, typename: string, selection: QueryPlanSelectionNode): boolean {
  if (selection.kind === 'Field') return true;
  const { typeCondition } = selection;
  return Boolean(typeCondition && (typeCondition === typename || isPossible(schema, typename, typeCondition)));
}

function plainText(selections: readonly QueryPlanSelectionNode[]): RepresentationText | null {
  const names = selections.flatMap((selection) =>
    selection.kind === 'Field' && !selection.selections ? [getResponseName(selection)] : [],
  );
  const distinct = new Set(names);
  if (names.length < selections.length || distinct.size < names.length || !distinct.has('__typename')) return null;
  const fields = names.map((name, index) => ({
    read: readerOf(name),
    before: `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`,
  }));
  return (source) => {
    let text = '';
    for (const { read, before } of fields) {
      const value = read(source);
      if (value === undefined) return null;
      text += before + JSON.stringify(value);
    }
    return `${text}}`;
  };
}
