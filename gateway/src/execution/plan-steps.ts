import type { VariableDefinitions } from '@apollo/federation-internals';
import { type ConditionNode, evaluateCondition, type PlanNode, type ResponsePath } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { isNothing, readerOf } from './data.js';
import { compileFetch, type Step } from './fetch-step.js';

/** What plans are compiled against. */
export interface PlanSetting {
  /** The supergraph's own schema, with what clients don't see. */
  readonly schema: GraphQLSchema;
  readonly variableDefinitions: VariableDefinitions;
}

/** What a node of a plan does, at the path that it is at. */
export function compileNode(setting: PlanSetting, node: PlanNode, path: ResponsePath = []): Step {
  switch (node.kind) {
    case 'Sequence': {
      const steps = node.nodes.map((child) => compileNode(setting, child, path));
      return async (run, data) => {
        for (const step of steps) await step(run, data);
      };
    }
    case 'Parallel': {
      const steps = node.nodes.map((child) => compileNode(setting, child, path));
      return async (run, data) => void (await Promise.all(steps.map((step) => step(run, data))));
    }
    case 'Flatten': {
      const step = compileNode(setting, node.node, [...path, ...node.path]);
      const find = compileFind(node.path);
      return async (run, data) => {
        const found = find(data);
        if (found) await step(run, found);
      };
    }
    case 'Fetch':
      return compileFetch(setting.schema, node, path);
    case 'Condition':
      return compileCondition(setting, node, path);
    case 'Defer':
      throw new Error('@defer support is not available in the gateway');
  }
}

function compileCondition(setting: PlanSetting, node: ConditionNode, path: ResponsePath): Step {
  const branch = (child: PlanNode | undefined) => child && compileNode(setting, child, path);
  const [otherwise, then] = [branch(node.elseClause), branch(node.ifClause)];
  return async (run, data) => {
    const holds = evaluateCondition(node, setting.variableDefinitions, run.variables);
    await (holds ? then : otherwise)?.(run, data);
  };
}

type Find = (data: unknown) => unknown;

/** What is at a path within some data: one value, or, where lists are on the way, all of them in a list. */
function compileFind(path: ResponsePath): Find {
  const [head, ...rest] = path;
  if (head === undefined) return (data) => data;
  const next = compileFind(rest);
  if (head === '@')
    return (value) => (isNothing(value) ? value : (value as unknown[]).flatMap((element) => next(element)));
  const read = readerOf(String(head));
  return (data) => {
    if (isNothing(data)) return data;
    if (Array.isArray(data)) throw new Error(`Unexpected array in result for path element ${head}`);
    return next(read(data));
  };
}
