import type { FetchNode } from '@apollo/query-planner';
import type { GraphQLFormattedError } from 'graphql';
import type { Data } from './data.js';

/** What a plan asks of one subgraph, but for the values in it. */
export type PlannedFetch = Pick<
  FetchNode,
  'serviceName' | 'operation' | 'operationName' | 'operationKind' | 'requires'
>;

/** One request to a subgraph. */
export interface SubgraphRequest {
  readonly fetch: PlannedFetch;
  /** The GraphQL request as JSON text. */
  readonly body: string;
}

/** What a subgraph answered, or what stands for the answer of one that gave none. */
export interface SubgraphAnswer {
  readonly data?: Data | null | undefined;
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
  /** Whether there was no answer: then an error is about the whole request, and is told once. */
  readonly unanswered?: boolean;
}

/** Asks a subgraph. What it rejects with becomes an error of the operation. */
export type Ask = (request: SubgraphRequest) => Promise<SubgraphAnswer>;
