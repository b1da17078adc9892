import { operationFromDocument } from '@apollo/federation-internals';
import type { FetchNode, PlanNode, QueryPlan } from '@apollo/query-planner';
import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';
import type { GatewayContext } from '../context.js';
import { CompiledOperation } from '../execution/compiled-operation.js';
import { type Plannable, plannable } from '../execution/plannable.js';
import type { SubgraphAnswer } from '../execution/subgraph-request.js';
import { toPublicError } from '../public-errors.js';
import type { CurrentSupergraph } from '../current-supergraph.js';
import type { Subgraphs } from '../subgraphs.js';

export type Variables = Readonly<Record<string, unknown>>;

/** The name under which a plan finds the event that it was made for, as if a subgraph had been asked for it. */
const EVENT = '__event__';

/**
 * Plans subscriptions. @apollo/gateway's planner knows them (a primary fetch that is the stream, and the rest), though
 * its executor refuses them: so the primary is run as a stream elsewhere, and each event by a plan of its own.
 */
export class SubscriptionPlanner {
  constructor(
    private readonly supergraph: CurrentSupergraph,
    private readonly subgraphs: Subgraphs,
  ) {}

  /** The schema as clients see it, now. */
  get schema(): GraphQLSchema {
    return this.supergraph.loaded.schema;
  }

  /** Plans a validated subscription operation. */
  plan(document: DocumentNode, operationName: string | undefined): SubscriptionPlan {
    const supergraph = this.supergraph.loaded;
    const planned = plannable(document);
    const named = operationName === undefined ? {} : { operationName };
    const { node } = supergraph.planner.buildQueryPlan(
      operationFromDocument(supergraph.apiSchema, planned.document, named),
    );
    if (node?.kind !== 'Subscription') throw new Error('no subscription came out of a subscription operation');
    const address = supergraph.addresses.get(node.primary.serviceName) ?? { name: node.primary.serviceName };
    const operation = new CompiledOperation(perEvent(node.primary, node.rest), document, operationName, supergraph);
    const execute: Execute = (event, variables, context) => {
      const askSubgraphs = this.subgraphs.askedFor(context);
      return operation.runToObject({
        variables,
        ask: async (request) =>
          request.fetch.serviceName === EVENT ? (event as SubgraphAnswer) : await askSubgraphs(request),
      });
    };
    return new SubscriptionPlan(node.primary, this.subgraphs.urlOf(address), planned, execute);
  }
}

type Execute = (
  event: ExecutionResult,
  variables: Variables,
  context: GatewayContext,
) => ReturnType<CompiledOperation['runToObject']>;

/** One planned subscription operation: what to ask of which subgraph, and how each event becomes an answer. */
export class SubscriptionPlan {
  constructor(
    readonly primary: FetchNode,
    /** The http(s) address of the subgraph whose stream it is. */
    readonly url: string,
    private readonly planned: Plannable,
    private readonly execute: Execute,
  ) {}

  /** The client's variables that the subgraph is asked with. */
  primaryVariables(variables: Variables): Variables {
    const named = this.planned.variablesOf(variables);
    return Object.fromEntries((this.primary.variableUsages ?? []).map((name) => [name, named?.[name]]));
  }

  /** The answer to one event, with the fields of other subgraphs. Never rejects: what went wrong is in its errors. */
  async answer(event: ExecutionResult, variables: Variables, context: GatewayContext): Promise<ExecutionResult> {
    try {
      const { data, errors } = await this.execute(event, variables, context);
      // An error that a client reads is not a GraphQLError any more, but looks like one on the wire.
      const formatted = errors?.map(toPublicError) as ExecutionResult['errors'];
      return { data: data ?? null, ...(formatted && { errors: formatted }) } as ExecutionResult;
    } catch (error) {
      return { data: null, errors: [toPublicError(error)] } as unknown as ExecutionResult;
    }
  }
}

/** The same plan, but its first fetch is answered by the event. */
function perEvent(primary: FetchNode, rest: PlanNode | undefined): QueryPlan {
  const event: PlanNode = { ...primary, serviceName: EVENT };
  return { kind: 'QueryPlan', node: { kind: 'Sequence', nodes: rest ? [event, rest] : [event] } };
}
