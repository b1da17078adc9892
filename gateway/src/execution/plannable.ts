import { type DocumentNode, visit } from 'graphql';
import type { Variables } from './selections.js';

/** What the planner calls the variable by which a subgraph is told which entities it is asked about. */
const TAKEN = 'representations';

/** A document as it can be planned: in it, no variable of the client's has the name of one of the planner's. */
export interface Plannable {
  readonly document: DocumentNode;
  /** A client's variables by their names in it. */
  variablesOf(variables: Variables | undefined): Variables | undefined;
}

export function plannable(document: DocumentNode): Plannable {
  const names = new Set<string>();
  visit(document, { Variable: ({ name }) => void names.add(name.value) });
  if (!names.has(TAKEN)) return { document, variablesOf: (variables) => variables };
  let free = `${TAKEN}_`;
  while (names.has(free)) free += '_';
  return {
    document: visit(document, {
      Variable: (node) => (node.name.value === TAKEN ? { ...node, name: { ...node.name, value: free } } : undefined),
    }),
    variablesOf(variables) {
      if (!variables) return variables;
      // No variable of the operation has the other name, whatever was sent under it.
      const { [TAKEN]: renamed, [free]: _none, ...others } = variables;
      return Object.hasOwn(variables, TAKEN) ? { ...others, [free]: renamed } : others;
    },
  };
}
