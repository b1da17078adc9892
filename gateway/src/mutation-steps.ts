import {
  type DocumentNode,
  type FragmentDefinitionNode,
  getOperationAST,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * What a mutation does one after the other: the fields at its root, with its fragments put in place; one of any other
 * operation, whose cost is known by its lists. An upper bound, like every measure of a document that nobody has validated:
 * a field that stands there twice counts twice. Each fragment is looked at once, however often it is spread.
 */
export function mutationSteps(document: DocumentNode, operationName: string | undefined): number {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.MUTATION) return 1;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const counted = new Map<string, number>();

  const ofFragment = (name: string): number => {
    const known = counted.get(name);
    if (known !== undefined) return known;
    // What spreads itself is refused by validation.
    counted.set(name, 0);
    const fields = fieldsAt(fragments.get(name)?.selectionSet);
    counted.set(name, fields);
    return fields;
  };
  const fieldsAt = (set: SelectionSetNode | undefined): number => {
    let fields = 0;
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) fields += 1;
      else if (selection.kind === Kind.INLINE_FRAGMENT) fields += fieldsAt(selection.selectionSet);
      else fields += ofFragment(selection.name.value);
    }
    return fields;
  };
  return Math.max(1, fieldsAt(operation.selectionSet));
}
