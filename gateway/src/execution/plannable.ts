import { type DocumentNode, visit } from 'graphql';
import type { Variables } from './selections.js';

/**
 * Names that a client's variables can't have where an operation is planned and run: what the planner calls the variable by
 * which a subgraph is told which entities it is asked about; and what graphql-js, which keeps variables in objects, takes
 * for an object's prototype.
 */
const TAKEN = ['representations', '__proto__'];

/** A document as it can be planned and run: in it, no variable of the client's has a name that is taken. */
export interface Plannable {
  readonly document: DocumentNode;
  /** A client's variables by their names in it. */
  variablesOf(variables: Variables | undefined): Variables | undefined;
}

export function plannable(document: DocumentNode): Plannable {
  const names = new Set<string>();
  visit(document, { Variable: ({ name }) => void names.add(name.value) });
  const renamed = new Map(TAKEN.filter((name) => names.has(name)).map((name) => [name, freeName(name, names)]));
  if (renamed.size === 0) return { document, variablesOf: (variables) => variables };
  const free = new Set(renamed.values());
  return {
    document: visit(document, {
      Variable: (node) => {
        const value = renamed.get(node.name.value);
        return value === undefined ? undefined : { ...node, name: { ...node.name, value } };
      },
    }),
    variablesOf(variables) {
      if (!variables) return variables;
      // No variable of the operation has one of the new names, whatever was sent under it.
      const kept = Object.entries(variables).filter(([name]) => !free.has(name));
      return Object.fromEntries(kept.map(([name, value]) => [renamed.get(name) ?? name, value]));
    },
  };
}

function freeName(taken: string, names: ReadonlySet<string>): string {
  let free = `${taken.replaceAll('_', '')}_`;
  while (names.has(free)) free += '_';
  return free;
}
