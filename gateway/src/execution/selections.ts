import {
  assert,
  type CompositeType,
  type Operation,
  type Schema,
  type Selection as PlannedSelection,
  type SelectionSet,
  type Type,
  Variable,
} from '@apollo/federation-internals';
import { readerOf } from './data.js';

export type Variables = Readonly<Record<string, unknown>>;

/** Whether @skip or @include leave something out. Throws where a variable is no Boolean. */
export type Skips = (variables: Variables) => boolean;

/** What a client selects of an object, in the form that answers are shaped by. */
export type Selections = readonly Selection[];

export type Selection = SelectedField | SelectedFragment;

export interface SelectedField {
  readonly kind: 'typename' | 'introspection' | 'field';
  readonly responseName: string;
  /** Reads it off an answer. */
  readonly read: (from: unknown) => unknown;
  readonly type: Type;
  readonly skips: Skips | null;
  /** Null of a leaf. */
  readonly below: Selections | null;
  /** As the planner has it. */
  readonly planned: PlannedSelection;
}

export interface SelectedFragment {
  readonly kind: 'fragment';
  readonly condition: CompositeType | null;
  readonly skips: Skips | null;
  readonly below: Selections;
}

/** What an operation selects. */
export function selectionsOf(operation: Operation): Selections {
  return readSelections(operation.schema(), operation.selectionSet);
}

function readSelections(schema: Schema, set: SelectionSet): Selections {
  return set.selections().map((selection) => {
    const skips = skipsOf(schema, selection);
    if (selection.kind === 'FragmentSelection') {
      const { typeCondition: condition = null } = selection.element;
      return { kind: 'fragment', condition, skips, below: readSelections(schema, selection.selectionSet) };
    }
    const { element, selectionSet } = selection;
    const responseName = element.responseName();
    return {
      kind: kindOf(element),
      responseName,
      read: readerOf(responseName),
      type: element.definition.type as Type,
      skips,
      below: selectionSet ? readSelections(schema, selectionSet) : null,
      planned: selection,
    };
  });
}

function kindOf(element: { name: string; definition: { isSchemaIntrospectionField(): boolean } }) {
  if (element.definition.isSchemaIntrospectionField()) return 'introspection';
  return element.name === '__typename' ? 'typename' : 'field';
}

function skipsOf(schema: Schema, { element }: PlannedSelection): Skips | null {
  const skip = element.appliedDirectivesOf(schema.skipDirective())[0];
  const include = element.appliedDirectivesOf(schema.includeDirective())[0];
  const skipped = skip ? valueOf(skip) : () => false;
  const included = include ? valueOf(include) : () => true;
  return skip || include ? (variables) => skipped(variables) || !included(variables) : null;
}

/** @skip or @include, applied. */
interface Conditional {
  arguments(): Readonly<{ if: boolean | Variable }>;
}

function valueOf(directive: Conditional): Skips {
  const { if: condition } = directive.arguments();
  if (!(condition instanceof Variable)) return () => condition;
  return (variables) => {
    const value = variables[condition.name];
    assert(typeof value === 'boolean', () => `Unexpected value ${value} for variable ${condition} of ${directive}`);
    return value;
  };
}

/** Whether anything of it depends on variables. */
export function isConditional(selections: Selections): boolean {
  return selections.some(({ skips, below }) => skips !== null || (below !== null && isConditional(below)));
}
