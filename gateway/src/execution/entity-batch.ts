import type { FetchNode } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import type { Data } from './data.js';
import { compileRepresentation, compileRepresentationText } from './representations.js';
import { compileRewrites } from './rewrites.js';

/** The objects that a fetch asks about, each different one of them once. */
export interface EntityBatch {
  /** As JSON texts, each different from the others. */
  readonly representations: readonly string[];
  /** The objects that have one. */
  readonly objects: readonly Data[];
  /** For each of these, which of the representations is its. */
  readonly indices: readonly number[];
}

/** How a fetch's representations are made of the objects at its path; objects without one are left out. */
export function compileBatch(
  schema: GraphQLSchema,
  { requires = [], inputRewrites }: FetchNode,
): (entities: readonly unknown[]) => EntityBatch {
  const rewrite = compileRewrites(schema, inputRewrites);
  const asObject = compileRepresentation(schema, requires);
  const asText = rewrite ? () => undefined : compileRepresentationText(schema, requires);

  const textOf = (entity: unknown): string | null => {
    const text = asText(entity);
    if (text !== undefined) return text;
    const representation = asObject(entity);
    if (!representation?.['__typename']) return null;
    rewrite?.(representation);
    return JSON.stringify(representation);
  };

  return (entities) => {
    const representations: string[] = [];
    const objects: Data[] = [];
    const indices: number[] = [];
    const known = new Map<string, number>();
    for (const entity of entities) {
      const text = textOf(entity);
      if (text === null) continue;
      const object = entity as Data;
      // A rewritten one may say less of its object's type than the answer to it is taken to.
      const key = rewrite ? `${String(object['__typename'])} ${text}` : text;
      let index = known.get(key);
      if (index === undefined) {
        index = representations.length;
        known.set(key, index);
        representations.push(text);
      }
      objects.push(object);
      indices.push(index);
    }
    return { representations, objects, indices };
  };
}
