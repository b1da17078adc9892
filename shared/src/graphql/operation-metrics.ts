import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import { BoundedNames } from './bounded-names.js';
import type { Metrics } from '../telemetry/metrics.js';

/** Different names of operations that are told apart, at most: half of them as they come. */
const NAMES = 100;

/** What @apollo/query-planner puts behind the name of a client's operation: the subgraph, and the step of the plan. */
const PLANNED = /__\w+__\d+$/;

const FAULTS: ReadonlySet<unknown> = new Set(['INTERNAL_SERVER_ERROR', 'SUBGRAPH_UNAVAILABLE']);

/** Measures every query and mutation that a server answers, by its kind and name, and by how it ended. */
export function operationMetrics(metrics: Metrics): ApolloServerPlugin<BaseContext> {
  const names = new BoundedNames(NAMES);
  const durations = metrics.histogram({
    name: 'graphql_operation_duration_seconds',
    help: 'GraphQL queries and mutations, by name and by how they ended: ok, refused (a mistake of the client), failed',
    labels: ['operation_type', 'operation_name', 'outcome'],
  });
  return {
    requestDidStart: async () => {
      const startedAt = performance.now();
      return {
        willSendResponse: async ({ operation, response: { body } }) => {
          const labels = {
            operation_type: operation?.operation ?? 'none',
            // What is no valid operation takes up no name.
            operation_name: operation ? names.labelOf(operation.name?.value.replace(PLANNED, '')) : 'none',
            outcome: outcomeOf(body.kind === 'single' ? body.singleResult.errors : undefined),
          };
          durations.observe(labels, (performance.now() - startedAt) / 1_000);
        },
      };
    },
  };
}

function outcomeOf(errors: readonly GraphQLFormattedError[] | undefined): string {
  if (!errors?.length) return 'ok';
  return errors.some(({ extensions }) => FAULTS.has(extensions?.['code'])) ? 'failed' : 'refused';
}
