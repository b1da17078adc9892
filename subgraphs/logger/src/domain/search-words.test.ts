import { searchWords, wordsOf } from './search-words.js';

it.each([
  ['', []],
  ['Order PAID, order paid!', ['order', 'paid']],
  ['Cà phê sữa ĐÁ', ['ca', 'phe', 'sua', 'da']],
  ['0190b3a4-7c1e-7000', ['0190b3a4', '7c1e', '7000']],
  ['order_uuid=1', ['order', 'uuid', '1']],
  ["'); drop table :* & | !", ['drop', 'table']],
])('finds in %j the words %j', (text, words) => expect(searchWords(text)).toEqual(words));

it('shortens a word that has no end, and takes so many at most', () => {
  expect(searchWords('x'.repeat(5_000))).toEqual(['x'.repeat(64)]);
  const many = Array.from({ length: 900 }, (_, n) => `w${n}`).join(' ');
  expect(searchWords(many)).toHaveLength(500);
});

it('finds an entry by its message and its values, not by the names of its fields', () => {
  const fields = { name: 'linh', nested: { list: [7, true, null, 'Tea'] } };
  expect(wordsOf('Hello', fields)).toEqual(['hello', 'linh', '7', 'true', 'tea']);
  expect(wordsOf('Hello', null)).toEqual(['hello']);
});
