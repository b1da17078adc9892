import { parse } from 'graphql';
import { documentStore } from './document-store.js';

const documentOf = (n: number) => parse(`{ a${n} ${'field '.repeat(100)} }`);

it('keeps the documents that were used last, and no more than a few MB of them', async () => {
  const store = documentStore();
  for (let n = 0; n < 1_000; n += 1) await store.set(String(n), documentOf(n));
  expect(await store.get('0')).toBeUndefined();
  expect(await store.get('999')).toEqual(documentOf(999));
});

it('counts what a document holds beside its tree: comments, and the text itself', async () => {
  for (const comments of ['#\n'.repeat(2_000), `#${'x'.repeat(99_000)}`]) {
    const store = documentStore();
    for (let n = 0; n < 100; n += 1) await store.set(String(n), parse(`{ a${n} } ${comments}`));
    expect([...store.keys()].length).toBeLessThan(70);
  }
});
