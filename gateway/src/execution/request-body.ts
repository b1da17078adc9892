import type { FetchNode } from '@apollo/query-planner';
import type { Variables } from './selections.js';

/** The JSON text of a fetch's request, with the client's variables that it uses, and its representations, if it has any. */
export type WriteBody = (variables: Variables | undefined, representations: readonly string[] | null) => string;

export function compileBody({ operation, operationName, variableUsages = [] }: FetchNode): WriteBody {
  const name = operationName === undefined ? '' : `,"operationName":${JSON.stringify(operationName)}`;
  const before = `{"query":${JSON.stringify(operation)},"variables":{`;
  const after = `}${name}}`;
  const names = variableUsages.map((variable) => ({ variable, key: `${JSON.stringify(variable)}:` }));
  return (variables, representations) => {
    let text = '';
    for (const { variable, key } of names) {
      if (variables === undefined || !Object.hasOwn(variables, variable)) continue;
      const value = variables[variable];
      if (value === undefined) continue;
      text += `${text === '' ? '' : ','}${key}${JSON.stringify(value)}`;
    }
    if (representations) text += `${text === '' ? '' : ','}"representations":[${representations.join(',')}]`;
    return before + text + after;
  };
}
