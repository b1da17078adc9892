import { operationFromDocument } from '@apollo/federation-internals';
import type { DocumentNode } from 'graphql';
import type { Metrics } from '@shop/shared/telemetry/metrics';
import { TextCache } from '@shop/shared/text/text-cache';
import type { CurrentSupergraph } from '../current-supergraph.js';
import { CompiledOperation } from './compiled-operation.js';

/** Of plans as JSON, together. */
const MOST_CHARACTERS = 30 * 2 ** 20;

/** An operation among those of a document, as a client asks for it. */
interface Named {
  readonly query: string;
  readonly operationName?: string | undefined;
}

/** Operations planned and compiled, those that were used last, for the supergraph that is served now; shows how often one was there. */
export class CompiledOperations {
  private readonly kept = new TextCache<CompiledOperation>(MOST_CHARACTERS);
  private readonly lookups;
  private keptFor: object | null = null;

  constructor(
    private readonly supergraph: CurrentSupergraph,
    metrics: Metrics,
  ) {
    this.lookups = metrics.counter({
      name: 'gateway_plan_cache_lookups_total',
      help: 'Query plans that were looked for: hit, or miss (then it is made)',
      labels: ['outcome'],
    });
    for (const outcome of ['hit', 'miss']) this.lookups.inc({ outcome }, 0);
    metrics.gauge({ name: 'gateway_plan_cache_entries', help: 'Query plans that are kept' }, (gauge) =>
      gauge.set(this.kept.size),
    );
  }

  /** One that was compiled before for this very text, and so was found valid. */
  find(named: Named): CompiledOperation | undefined {
    const { loaded } = this.supergraph;
    if (this.keptFor !== loaded) this.kept.clear();
    this.keptFor = loaded;
    const found = this.kept.get(keyOf(named));
    if (found) this.lookups.inc({ outcome: 'hit' });
    return found;
  }

  /**
   * Plans and compiles an operation of a document, and keeps it for those who send the same text: which it may only where the
   * document was found valid for the schema that is served now. Throws a GraphQLError where the planner refuses it.
   */
  compile(named: Named, document: DocumentNode, { kept }: { readonly kept: boolean }): CompiledOperation {
    this.lookups.inc({ outcome: 'miss' });
    const { loaded } = this.supergraph;
    const { operationName } = named;
    const operation = operationFromDocument(
      loaded.apiSchema,
      document,
      operationName === undefined ? {} : { operationName },
    );
    const plan = loaded.planner.buildQueryPlan(operation);
    const compiled = new CompiledOperation(plan, document, operationName, loaded);
    if (kept && this.keptFor === loaded) this.kept.set(keyOf(named), compiled, JSON.stringify(plan).length);
    return compiled;
  }
}

/** No name has a character that JSON would write otherwise, or a line's end. */
function keyOf({ query, operationName = '' }: Named): string {
  return operationName === '' ? query : `${operationName}\n${query}`;
}
