import { parse } from 'graphql';
import { documentStore } from './document-store.js';

it('keeps the documents that were used last, and no more than a few MB of them', async () => {
  const store = documentStore();
  const documentOf = (n: number) => parse(`{ a${n} ${'field '.repeat(100)} }`);
  for (let n = 0; n < 1_000; n += 1) await store.set(String(n), documentOf(n));
  expect(await store.get('0')).toBeUndefined();
  expect(await store.get('999')).toEqual(documentOf(999));
});
