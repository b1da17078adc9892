import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { composeSupergraph, readRecipe, type SubgraphRecipe } from './compose-supergraph.js';
import { repositoryRoot } from './config.js';

/**
 * `npm run compose`: emits every subgraph's schema from its code and composes them. With `--check` it writes nothing and
 * exits with 1 when a committed file differs from what it would write.
 */
async function compose(check: boolean): Promise<string[]> {
  const recipe = await readRecipe(path.join(repositoryRoot, 'supergraph.yaml'));
  const schemas = new Map(await Promise.all(recipe.map(async (subgraph) => [subgraph, await emit(subgraph)] as const)));
  const composed = await composeSupergraph(recipe, async (subgraph) => schemas.get(subgraph) ?? '');
  const outputs = [
    ...[...schemas].map(([{ schemaFile }, text]) => [schemaFile, text] as const),
    [path.join(repositoryRoot, 'gateway/supergraph.graphql'), composed] as const,
  ];
  const stale: string[] = [];
  for (const [file, text] of outputs) {
    if ((await readFile(file, 'utf8').catch(() => '')) === text) continue;
    stale.push(path.relative(repositoryRoot, file));
    if (!check) await writeFile(file, text);
  }
  return stale;
}

async function emit({ name }: SubgraphRecipe): Promise<string> {
  const module = (await import(`@shop/${name}/graphql/emit-schema`)) as { schemaText(): Promise<string> };
  return await module.schemaText();
}

try {
  const check = process.argv.includes('--check');
  const stale = await compose(check);
  const files = stale.join(', ');
  if (stale.length === 0) process.stdout.write('The schemas are up to date.\n');
  else if (!check) process.stdout.write(`Wrote ${files}.\n`);
  else {
    process.stderr.write(`Out of date: ${files}. Run \`npm run compose\` and commit what it writes.\n`);
    process.exitCode = 1;
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
