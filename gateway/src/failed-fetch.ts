import { Kind, parse, type SelectionSetNode } from 'graphql';

/**
 * The first field that a fetch would have answered, as the path that the executor expects of a subgraph's error: from
 * `_entities` on for entities. The client then sees which field its one error is about.
 */
export function pathOfFailedFetch(query: string): (string | number)[] | undefined {
  const operation = parse(query, { noLocation: true }).definitions.find(
    (node) => node.kind === Kind.OPERATION_DEFINITION,
  );
  const root = firstField(operation?.selectionSet);
  if (!root) return undefined;
  if (root.name !== '_entities') return [root.responseKey];
  const field = firstField(root.selections);
  return field && ['_entities', 0, field.responseKey];
}

function firstField(selections: SelectionSetNode | undefined) {
  for (const selection of selections?.selections ?? []) {
    if (selection.kind === Kind.FIELD && selection.name.value !== '__typename') {
      const responseKey = (selection.alias ?? selection.name).value;
      return { name: selection.name.value, responseKey, selections: selection.selectionSet };
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) return firstField(selection.selectionSet);
  }
  return undefined;
}
