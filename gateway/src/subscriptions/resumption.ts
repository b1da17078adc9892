import { type DocumentNode, type FieldNode, Kind, parse, print, type SelectionSetNode, visit } from 'graphql';
import type { Variables } from './subscription-plan.js';

/** The subscription of the API that can be taken up again, and how: see its description in the schema. */
const RESUMABLE = { field: 'orderStatusChanged', id: 'orderId', after: 'afterVersion', version: 'version' } as const;
const VERSION_KEY = 'resume_version';

/**
 * A subscription that can go on after a break without a gap or a double: it asks for each event's version too, and says
 * after which one to go on.
 */
export interface Resumption {
  /** The operation to begin with: the same, with the version asked for. */
  readonly operation: string;
  /** The operation that goes on after a version. */
  after(version: number): string;
  /** The version of an event's data; null when it has none. */
  versionOf(data: unknown): number | null;
}

/** How an operation is resumed at its subgraph. Null: it has no place to resume from. */
export function resumptionOf(operation: string, variables: Variables): Resumption | null {
  const document = parse(operation, { noLocation: true });
  const root = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  const field = root && rootField(root.selectionSet);
  if (!root || field?.name.value !== RESUMABLE.field || !field.selectionSet || !namesOne(field, variables)) return null;
  const key = (field.alias ?? field.name).value;
  return {
    operation: print(rewritten(document, field, null)),
    after: (version) => print(rewritten(document, field, version)),
    versionOf(data) {
      const event = (data as Record<string, Record<string, unknown> | null> | null | undefined)?.[key];
      const version = event?.[VERSION_KEY];
      return typeof version === 'number' ? version : null;
    },
  };
}

function rootField(selections: SelectionSetNode): FieldNode | undefined {
  for (const selection of selections.selections) {
    if (selection.kind === Kind.FIELD && selection.name.value !== '__typename') return selection;
    if (selection.kind === Kind.INLINE_FRAGMENT) return rootField(selection.selectionSet);
  }
  return undefined;
}

/** Whether it is about one order: without an id there is no single row of versions to go on in. */
function namesOne(field: FieldNode, variables: Variables): boolean {
  const value = field.arguments?.find(({ name }) => name.value === RESUMABLE.id)?.value;
  if (!value || value.kind === Kind.NULL) return false;
  return value.kind !== Kind.VARIABLE || (variables[value.name.value] ?? null) !== null;
}

function rewritten(document: DocumentNode, field: FieldNode, after: number | null): DocumentNode {
  const name = (value: string) => ({ kind: Kind.NAME, value }) as const;
  const others = (field.arguments ?? []).filter(
    (argument) => after === null || argument.name.value !== RESUMABLE.after,
  );
  const place = {
    kind: Kind.ARGUMENT,
    name: name(RESUMABLE.after),
    value: { kind: Kind.INT, value: String(after) },
  } as const;
  const version = { kind: Kind.FIELD, alias: name(VERSION_KEY), name: name(RESUMABLE.version) } as const;
  const changed: FieldNode = {
    ...field,
    arguments: after === null ? others : [...others, place],
    selectionSet: { kind: Kind.SELECTION_SET, selections: [...(field.selectionSet?.selections ?? []), version] },
  };
  return withoutUnusedVariables(visit(document, { Field: (node) => (node === field ? changed : undefined) }));
}

/** The argument that was replaced may have been the last use of a variable, and an unused one makes an operation invalid. */
function withoutUnusedVariables(document: DocumentNode): DocumentNode {
  const used = new Set<string>();
  visit(document, { VariableDefinition: () => false, Variable: (node) => void used.add(node.name.value) });
  return visit(document, {
    VariableDefinition: ({ variable }) => (used.has(variable.name.value) ? undefined : null),
  });
}
