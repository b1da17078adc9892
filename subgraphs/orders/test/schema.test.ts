import { readFile } from 'node:fs/promises';
import { schemaText } from '../src/graphql/emit-schema.js';

it('the committed schema is the one that the resolvers make', async () => {
  const committed = await readFile(new URL('../schema.graphql', import.meta.url), 'utf8');
  expect(await schemaText()).toBe(committed);
});
