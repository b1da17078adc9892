import type { FetchNode, ResponsePath } from '@apollo/query-planner';
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import { type Data, isNothing } from './data.js';
import { compileBatch, type EntityBatch } from './entity-batch.js';
import { copyOf, merge } from './merging.js';
import type { PlanRun } from './plan-run.js';
import { compileBody } from './request-body.js';
import { compileRewrites } from './rewrites.js';
import { errorOfSubgraph, placesOf } from './subgraph-errors.js';
import type { SubgraphAnswer } from './subgraph-request.js';

/** Does a part of a plan, at the data that is there at its path. */
export type Step = (run: PlanRun, data: unknown) => Promise<void>;

/** Asks a subgraph, and merges its answer. What goes wrong becomes an error of the run. */
export function compileFetch(schema: GraphQLSchema, fetch: FetchNode, path: ResponsePath): Step {
  const fetchInto = fetch.requires ? entityFetch(schema, fetch, path) : plainFetch(schema, fetch, path);
  return async (run, data) => {
    try {
      await fetchInto(run, Array.isArray(data) ? data.filter((entity) => !isNothing(entity)) : [data]);
    } catch (error) {
      run.errors.push(error);
    }
  };
}

type FetchInto = (run: PlanRun, entities: readonly unknown[]) => Promise<void>;

function plainFetch(schema: GraphQLSchema, fetch: FetchNode, path: ResponsePath): FetchInto {
  const bodyOf = compileBody(fetch);
  const rewrite = compileRewrites(schema, fetch.outputRewrites);
  return async (run, entities) => {
    if (entities.length === 0) return;
    const { data, errors } = await run.ask({ fetch, body: bodyOf(run.variables, null) });
    if (errors)
      run.errors.push(...errors.map((error) => errorOfSubgraph(error, fetch.serviceName, below(path, error))));
    if (data) rewrite?.(data);
    for (const entity of entities) merge(entity as Data, data);
  };
}

function entityFetch(schema: GraphQLSchema, fetch: FetchNode, path: ResponsePath): FetchInto {
  const batchOf = compileBatch(schema, fetch);
  const bodyOf = compileBody(fetch);
  const rewrite = compileRewrites(schema, fetch.outputRewrites);
  return async (run, entities) => {
    const batch = batchOf(entities);
    const { representations } = batch;
    if (representations.length === 0) return;
    const answer = await run.ask({ fetch, body: bodyOf(run.variables, representations) });
    if (answer.errors) run.errors.push(...entityErrors(answer, fetch.serviceName, path, batch, run.data));
    if (!answer.data) return;
    const { _entities: received } = answer.data;
    if (!Array.isArray(received)) throw new Error('Expected "data._entities" in response to be an array');
    if (received.length !== representations.length)
      throw new Error(`Expected "data._entities" to contain ${representations.length} elements`);
    mergeEntities(batch, received, rewrite);
  };
}

/** Several objects may be given one answer: what they are given of it is theirs alone. */
function mergeEntities({ objects, indices }: EntityBatch, received: readonly unknown[], rewrite: Rewrite): void {
  const given = new Set<number>();
  for (const [at, object] of objects.entries()) {
    const index = indices[at] ?? 0;
    const entity = received[index];
    if (given.has(index)) {
      merge(object, copyOf(entity));
      continue;
    }
    given.add(index);
    if (entity && !(entity as Data)['__typename']) (entity as Data)['__typename'] = object['__typename'];
    rewrite?.(entity);
    merge(object, entity);
  }
}

type Rewrite = ReturnType<typeof compileRewrites>;

/** Each error, for each object that was asked about by the representation that it is about. */
function entityErrors(
  { errors = [], unanswered = false }: SubgraphAnswer,
  serviceName: string,
  path: ResponsePath,
  { indices }: EntityBatch,
  root: Data,
): unknown[] {
  let places: ResponsePath[] | null = null;
  return errors.flatMap((error) => {
    const about = error.path?.[1];
    if (typeof about !== 'number') return [errorOfSubgraph(error, serviceName, below(path, error))];
    const rest = error.path?.slice(2) ?? [];
    places ??= placesOf(path, root);
    const known = places;
    const at = indices.flatMap((index, position) => (index === about ? [position] : []));
    return (unanswered || at.length === 0 ? [about] : at).map((position) =>
      errorOfSubgraph(error, serviceName, [...(known[position] ?? []), ...rest]),
    );
  });
}

function below(path: ResponsePath, error: GraphQLFormattedError): ResponsePath | undefined {
  return error.path ? [...path, ...error.path] : undefined;
}
