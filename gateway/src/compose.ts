import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { composedBeside, composeSupergraph, readRecipe, type SubgraphRecipe } from './compose-supergraph.js';
import { repositoryRoot } from './config.js';

/**
 * `npm run compose`: emits every subgraph's schema from its code and composes them. With `--check` it writes nothing and
 * exits with 1 when a committed file differs from what it would write.
 */
async function compose(check: boolean): Promise<string[]> {
  const recipe = await readRecipe(path.join(repositoryRoot, 'supergraph.yaml'));
  const subgraphs = await Promise.all(recipe.map(async (each) => ({ ...each, schema: await emit(each) })));
  const outputs = [
    ...subgraphs.map(({ schemaFile, schema }) => [schemaFile, schema] as const),
    [path.join(repositoryRoot, composedBeside), composeSupergraph(subgraphs)] as const,
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
