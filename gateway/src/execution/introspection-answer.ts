import { assert, type FieldSelection } from '@apollo/federation-internals';
import {
  type DocumentNode,
  executeSync,
  type FieldNode,
  type GraphQLSchema,
  Kind,
  OperationTypeNode,
  type VariableDefinitionNode,
  visit,
} from 'graphql';
import type { SelectedField } from './selections.js';

/** Answers a `__schema` or `__type` that an operation selects: by graphql itself, over the schema that clients see. */
export function introspectionAnswer(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  { planned, responseName }: SelectedField,
  variableValues: Record<string, unknown> | undefined,
): unknown {
  const field = (planned as FieldSelection).expandFragments().toSelectionNode() as FieldNode;
  const { data, errors } = executeSync({
    schema,
    document: documentOf(field, definitions),
    rootValue: {},
    variableValues,
  });
  const said = () => `Introspection query for ${JSON.stringify(field)} should not have failed`;
  assert(!errors || errors.length === 0, () => `${said()} but got ${JSON.stringify(errors)}`);
  assert(data, said);
  return Object.hasOwn(data, responseName) ? data[responseName] : undefined;
}

function documentOf(field: FieldNode, definitions: readonly VariableDefinitionNode[]): DocumentNode {
  const used = new Set<string>();
  visit(field, { Variable: ({ name }) => void used.add(name.value) });
  const variableDefinitions = definitions.filter(({ variable }) => used.has(variable.name.value));
  return {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        kind: Kind.OPERATION_DEFINITION,
        operation: OperationTypeNode.QUERY,
        variableDefinitions,
        selectionSet: { kind: Kind.SELECTION_SET, selections: [field] },
      },
    ],
  };
}
