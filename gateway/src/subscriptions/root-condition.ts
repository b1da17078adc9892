import { type DocumentNode, getOperationAST, GraphQLError, Kind, type SelectionSetNode } from 'graphql';

const CONDITIONS = ['skip', 'include'];

/**
 * The mistake of a valid document that sets a condition on a subscription's root field, which can't be left out; else
 * null. graphql 16 has no rule for it (https://spec.graphql.org/September2025/#sec-Single-Root-Field).
 */
export function conditionAtRoot(document: DocumentNode, operationName: string | undefined): GraphQLError | null {
  const operation = getOperationAST(document, operationName);
  return operation ? conditionIn(operation.selectionSet, document) : null;
}

function conditionIn({ selections }: SelectionSetNode, document: DocumentNode): GraphQLError | null {
  for (const selection of selections) {
    const condition = selection.directives?.find(({ name }) => CONDITIONS.includes(name.value));
    if (condition) {
      const message = `a subscription's root field can't have @${condition.name.value}`;
      return new GraphQLError(message, { nodes: condition });
    }
    const inner =
      selection.kind === Kind.FRAGMENT_SPREAD
        ? fragmentOf(document, selection.name.value)
        : selection.kind === Kind.INLINE_FRAGMENT && selection.selectionSet;
    const found = inner && conditionIn(inner, document);
    if (found) return found;
  }
  return null;
}

function fragmentOf({ definitions }: DocumentNode, name: string): SelectionSetNode | undefined {
  const found = definitions.find((node) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === name);
  return found?.kind === Kind.FRAGMENT_DEFINITION ? found.selectionSet : undefined;
}
