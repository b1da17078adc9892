import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { load } from 'js-yaml';
import { z } from 'zod';

/** One subgraph of a recipe. */
export interface SubgraphRecipe {
  readonly name: string;
  readonly url: string;
  /** Absolute. */
  readonly schemaFile: string;
}

/** Rover's supergraph configuration, as far as local schema files go. */
const recipeFormat = z.object({
  subgraphs: z.record(z.string(), z.object({ routing_url: z.url(), schema: z.object({ file: z.string().min(1) }) })),
});

/** Reads a `supergraph.yaml`. Throws a sentence about what is wrong with it. */
export async function readRecipe(file: string): Promise<SubgraphRecipe[]> {
  const parsed = recipeFormat.safeParse(load(await readFile(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file} is no supergraph configuration:\n${z.prettifyError(parsed.error)}`);
  return Object.entries(parsed.data.subgraphs).map(([name, { routing_url: url, schema }]) => ({
    name,
    url,
    schemaFile: path.resolve(path.dirname(file), schema.file),
  }));
}

/** Composes a supergraph. `schemaOf` gives a subgraph's schema as text; its file's content unless told. */
export async function composeSupergraph(
  recipe: readonly SubgraphRecipe[],
  schemaOf: (subgraph: SubgraphRecipe) => Promise<string> = ({ schemaFile }) => readFile(schemaFile, 'utf8'),
): Promise<string> {
  const services = await Promise.all(
    recipe.map(async (subgraph) => ({
      name: subgraph.name,
      url: subgraph.url,
      typeDefs: parse(await schemaOf(subgraph)),
    })),
  );
  const result = composeServices(services);
  if (result.errors) {
    throw new Error(`The subgraphs don't compose:\n${result.errors.map(({ message }) => `  ${message}`).join('\n')}`);
  }
  return result.supergraphSdl.trimEnd() + '\n';
}
