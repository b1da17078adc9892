import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { load } from 'js-yaml';
import { z } from 'zod';

/** Where `npm run compose` leaves what it composed, seen from its recipe. */
export const composedBeside = 'gateway/supergraph.graphql';

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

/** A subgraph with its schema as text. */
export interface SubgraphSchema extends SubgraphRecipe {
  readonly schema: string;
}

/** Reads the subgraphs' schemas from their files. */
export async function readSchemas(recipe: readonly SubgraphRecipe[]): Promise<SubgraphSchema[]> {
  return await Promise.all(
    recipe.map(async (subgraph) => ({ ...subgraph, schema: await readFile(subgraph.schemaFile, 'utf8') })),
  );
}

/** Composes a supergraph, whose first line says of what. Throws a sentence about why it can't be composed. */
export function composeSupergraph(subgraphs: readonly SubgraphSchema[]): string {
  const result = composeServices(subgraphs.map(({ name, url, schema }) => ({ name, url, typeDefs: parse(schema) })));
  if (result.errors) {
    throw new Error(`The subgraphs don't compose:\n${result.errors.map(({ message }) => `  ${message}`).join('\n')}`);
  }
  return withOrigin(subgraphs, `${result.supergraphSdl.trimEnd()}\n`);
}

/** What was composed of these, with the line that says so. */
export function withOrigin(subgraphs: readonly SubgraphSchema[], composed: string): string {
  return `${originOf(subgraphs, composed)}\n${composed}`;
}

/**
 * Whether a supergraph is, as it stands, what these very schemas were composed to, by its first line: to compose it takes half a
 * second.
 */
export function isComposedOf(supergraph: string, subgraphs: readonly SubgraphSchema[]): boolean {
  const end = supergraph.indexOf('\n');
  return supergraph.slice(0, end) === originOf(subgraphs, supergraph.slice(end + 1));
}

function originOf(subgraphs: readonly SubgraphSchema[], composed: string): string {
  const parts = [composed, ...subgraphs.map(({ name, url, schema }) => [name, url, schema])];
  return `# Composed of ${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}
