import type { FastifyRequest } from 'fastify';
import { OperationTypeNode } from 'graphql';
import type { OperationDurations } from '@shop/shared/graphql/operation-metrics';
import { nameOperation } from '@shop/shared/graphql/operation-tracing';
import { SharedAnswers } from '@shop/shared/graphql/shared-answers';
import { TextCache } from '@shop/shared/text/text-cache';
import type { GatewayContext } from './context.js';
import type { Answer, CompiledOperation } from './execution/compiled-operation.js';
import type { CompiledOperations } from './execution/compiled-operations.js';
import type { Subgraphs } from './subgraphs.js';
import type { OperationRequest } from './subscriptions/operation-request.js';

/** An answer that can be sent as it is; or the context with which Apollo's server goes on from what was run. */
type Outcome =
  | { readonly kind: 'text'; readonly contentType: string; readonly text: string }
  | { readonly kind: 'answered'; readonly context: GatewayContext };

/** Of the Accept headers whose answers are known. */
const CHARACTERS_KEPT = 10_000;
/** Browsers ask first before they send such a body to another site: it is no forged request, whatever else it says. */
const ASKED_FIRST = /^application\/json\s*(?:;|$)/i;

/**
 * The short way for operations that Apollo's server has found valid before. What can be said without error is written
 * straight to the client; anything else is for the server to say, in its words: a text that nobody sent before, a variable
 * that is none, an answer with errors.
 */
export class KnownOperations {
  private readonly contentTypes = new TextCache<string>(CHARACTERS_KEPT);
  /** Of each operation, by the variables that it takes. */
  private readonly shared = new WeakMap<CompiledOperation, SharedAnswers<Answer<string>>>();

  constructor(
    private readonly operations: CompiledOperations,
    private readonly subgraphs: Subgraphs,
    private readonly durations: OperationDurations,
    /** Whether those who are nobody may share an answer: not where it may depend on where they are. */
    private readonly shares: boolean,
  ) {}

  /** Null where the server has to look at the request as well. An operation that was run is not run again. */
  async answer(
    { method, headers }: FastifyRequest,
    request: OperationRequest,
    context: GatewayContext,
  ): Promise<Outcome | null> {
    if (method !== 'POST' || !ASKED_FIRST.test(headers['content-type'] ?? '')) return null;
    const contentType = this.contentTypes.get(headers.accept ?? '');
    const operation = contentType === undefined ? undefined : this.operations.find(request);
    const { variables } = request;
    if (contentType === undefined || !operation || operation.mistakesIn(variables).length > 0) return null;
    const startedAt = performance.now();
    nameOperation(operation.kind, operation.name);
    const answered = this.run(operation, variables, context);
    const answer = await answered.catch(() => null);
    if (!answer || answer.errors) return { kind: 'answered', context: { ...context, startedAt, answered } };
    this.durations.observe({ type: operation.kind, name: operation.name }, undefined, startedAt);
    return { kind: 'text', contentType, text: `{"data":${answer.data ?? 'null'}}\n` };
  }

  private run(
    operation: CompiledOperation,
    variables: OperationRequest['variables'],
    context: GatewayContext,
  ): Promise<Answer<string>> {
    const run = () => operation.runToText({ variables, ask: this.subgraphs.askedFor(context) });
    if (!this.shares || context.authorization !== null || operation.kind !== OperationTypeNode.QUERY) return run();
    const shared = this.shared.get(operation) ?? new SharedAnswers<Answer<string>>();
    this.shared.set(operation, shared);
    return shared.run(JSON.stringify(operation.taken(variables)), run);
  }

  /** Told of a content type that the server chose for the answer to an operation. By GET it may have been a page. */
  learn({ method, headers: { accept = '' } }: FastifyRequest, contentType: string): void {
    if (method === 'POST') this.contentTypes.set(accept, contentType, accept.length + 1);
  }
}
