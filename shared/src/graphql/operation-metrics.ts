import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import { BoundedNames } from './bounded-names.js';
import type { Metrics } from '../telemetry/metrics.js';

/** Different names of operations that are told apart, at most: half of them as they come. */
const NAMES = 100;

/** What @apollo/query-planner puts behind the name of a client's operation: the subgraph, and the step of the plan. */
const PLANNED = /__\w+__\d+$/;

const FAULTS: ReadonlySet<unknown> = new Set(['INTERNAL_SERVER_ERROR', 'SUBGRAPH_UNAVAILABLE']);

/** How long queries and mutations took, by their kind and name, and by how they ended. */
export class OperationDurations {
  private readonly names = new BoundedNames(NAMES);
  private readonly durations;

  constructor(metrics: Metrics) {
    this.durations = metrics.histogram({
      name: 'graphql_operation_duration_seconds',
      help: 'GraphQL queries and mutations, by name and by how they ended: ok, refused (a mistake of the client), failed',
      labels: ['operation_type', 'operation_name', 'outcome'],
    });
  }

  /** Null: what is no valid operation. `startedAt`: by `performance.now()`. */
  observe(
    operation: { readonly type: string; readonly name: string | undefined } | null,
    errors: readonly GraphQLFormattedError[] | undefined,
    startedAt: number,
  ): void {
    const labels = {
      operation_type: operation?.type ?? 'none',
      // What is no valid operation takes up no name.
      operation_name: operation ? this.names.labelOf(operation.name?.replace(PLANNED, '')) : 'none',
      outcome: outcomeOf(errors),
    };
    this.durations.observe(labels, (performance.now() - startedAt) / 1_000);
  }
}

/**
 * Measures every query and mutation that a server answers. An operation that was begun before the server saw it says so by
 * the `startedAt` of its context.
 */
export function operationMetrics(durations: OperationDurations): ApolloServerPlugin<BaseContext> {
  return {
    requestDidStart: async ({ contextValue }) => {
      const { startedAt = performance.now() } = contextValue as { readonly startedAt?: number };
      return {
        willSendResponse: async ({ operation, response: { body } }) => {
          const named = operation ? { type: operation.operation, name: operation.name?.value } : null;
          durations.observe(named, body.kind === 'single' ? body.singleResult.errors : undefined, startedAt);
        },
      };
    },
  };
}

function outcomeOf(errors: readonly GraphQLFormattedError[] | undefined): string {
  if (!errors?.length) return 'ok';
  return errors.some(({ extensions }) => FAULTS.has(extensions?.['code'])) ? 'failed' : 'refused';
}
