import { readFile } from 'node:fs/promises';
import { schemaText } from '@shop/products/graphql/emit-schema';

it('the committed schema is the one the code has', async () => {
  expect(await readFile(new URL('../schema.graphql', import.meta.url), 'utf8')).toBe(await schemaText());
});
