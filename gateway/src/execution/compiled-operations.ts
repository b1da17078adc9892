import { operationFromDocument } from '@apollo/federation-internals';
import type { DocumentNode } from 'graphql';
import { tokensOf } from '@shop/shared/graphql/document-tokens';
import type { Metrics } from '@shop/shared/telemetry/metrics';
import { TextCache } from '@shop/shared/text/text-cache';
import type { CurrentSupergraph } from '../current-supergraph.js';
import { CompiledOperation } from './compiled-operation.js';
import { plannable } from './plannable.js';

/** What all that is kept may hold, by `bytesOf`. */
const MOST_BYTES = 64 * 2 ** 20;

/** An operation among those of a document, as a client asks for it. */
interface Named {
  readonly query: string;
  readonly operationName?: string | undefined;
}

/** Operations planned and compiled, those that were used last, for the supergraph that is served now; shows how often one was there. */
export class CompiledOperations {
  private readonly kept: TextCache<CompiledOperation>;
  private readonly lookups;
  private keptFor: object | null = null;

  constructor(
    private readonly supergraph: CurrentSupergraph,
    metrics: Metrics,
    mostBytes = MOST_BYTES,
  ) {
    this.kept = new TextCache(mostBytes);
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
      plannable(document).document,
      operationName === undefined ? {} : { operationName },
    );
    const plan = loaded.planner.buildQueryPlan(operation);
    const compiled = new CompiledOperation(plan, document, operationName, loaded);
    const key = keyOf(named);
    if (kept && this.keptFor === loaded) this.kept.set(key, compiled, bytesOf(key, plan, document));
    return compiled;
  }
}

/** No two operations have one key: an empty name is another than none, and names nothing. */
function keyOf({ query, operationName }: Named): string {
  return JSON.stringify([query, operationName]);
}

/**
 * What a kept operation holds, in bytes, rather too much than too little: its text; what every one has; a plan, with what was
 * compiled of it, for each of its characters as JSON; and the document for each token. Measured after garbage collection:
 * 20 to 240 kB each, of which a plan's own text is the least part.
 */
function bytesOf(key: string, plan: object, document: DocumentNode): number {
  const tokens = [...tokensOf(document)].length;
  return key.length + 16_000 + 40 * JSON.stringify(plan).length + 600 * tokens;
}
