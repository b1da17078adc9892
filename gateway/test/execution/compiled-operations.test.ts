import { readFile } from 'node:fs/promises';
import { Supergraph } from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import { parse } from 'graphql';
import { silentTelemetry } from '@shop/shared/telemetry/telemetry';
import type { CurrentSupergraph } from '../../src/current-supergraph.js';
import { CompiledOperations } from '../../src/execution/compiled-operations.js';

const MOST_BYTES = 1_000_000;

describe('operations that are kept', () => {
  let supergraph: CurrentSupergraph;
  beforeAll(async () => {
    const composed = Supergraph.build(await readFile('gateway/supergraph.graphql', 'utf8'));
    const apiSchema = composed.apiSchema();
    const loaded = {
      ...{ planner: new QueryPlanner(composed), apiSchema, schema: apiSchema.toGraphQLJSSchema() },
      supergraphSchema: composed.schema.toGraphQLJSSchema(),
      addresses: new Map(),
    };
    supergraph = { loaded } as unknown as CurrentSupergraph;
  });

  const kept = (queries: readonly string[]): number => {
    const operations = new CompiledOperations(supergraph, silentTelemetry('gateway').metrics, MOST_BYTES);
    for (const query of queries) {
      expect(operations.find({ query })).toBeUndefined();
      operations.compile({ query }, parse(query), { kept: true });
    }
    return queries.filter((query) => operations.find({ query })).length;
  };
  const many = (query: (n: number) => string) => Array.from({ length: 40 }, (_, n) => query(n));

  it.each([
    ['long comments: 100 kB each', 10, many((n) => `{ __typename } #${n}${'x'.repeat(99_000)}`)],
    ['many fields without a plan: 240 kB each', 4, many((n) => `query Q${n} { ${'__typename '.repeat(450)} }`)],
    ['a small plan: 20 kB each', 50, many((n) => `query P${n}($id: ID!) { product(id: $id) { name price } }`)],
  ])('are no more than memory allows: with %s', (_, most, queries) => {
    const count = kept(queries);
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual(most);
  });
});
