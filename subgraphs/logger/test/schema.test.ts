import { readFile } from 'node:fs/promises';
import { schemaText } from '@shop/logger/graphql/emit-schema';

it('the committed schema.graphql is the one that the service serves', async () => {
  const committed = await readFile(new URL('../schema.graphql', import.meta.url), 'utf8');
  expect(await schemaText()).toBe(committed);
});
