import { searchWords, wordsOf } from './search-words.js';

it.each([
  ['', []],
  ['Order PAID, order paid!', ['order', 'paid']],
  ['Cà phê sữa ĐÁ', ['ca', 'phe', 'sua', 'da']],
  ['0190b3a4-7c1e-7000', ['0190b3a4', '7c1e', '7000']],
  ['order_uuid=1', ['order', 'uuid', '1']],
  ["'); drop table :* & | !", ['drop', 'table']],
])('finds in %j the words %j', (text, words) => expect(searchWords(text)).toEqual(words));

it('finds words in time by their length, whatever marks are in them', () => {
  const start = performance.now();
  expect(searchWords(`ca${'\u0315'.repeat(60_000)}${'\u0316'.repeat(60_000)} phe\u0301`)).toEqual(['ca', 'phe']);
  expect(performance.now() - start).toBeLessThan(1_000);
});

it('shortens a word that has no end, and takes so many at most', () => {
  expect(searchWords('x'.repeat(5_000))).toEqual(['x'.repeat(64)]);
  const many = Array.from({ length: 900 }, (_, n) => `w${n}`).join(' ');
  expect(searchWords(many)).toHaveLength(500);
});

it('finds what the fields hold, ids above all, however long the message and the other fields are', () => {
  const long = (letter: string) => Array.from({ length: 900 }, (_, n) => `${letter}${n}`).join(' ');
  const words = wordsOf(long('m'), { stack: long('s'), order_uuid: '0190b3a4-7c1e-7000-8000-00000000000a' });
  expect(words).toEqual(expect.arrayContaining(['m0', 's0', '0190b3a4', '7c1e', '00000000000a']));
  expect(words).toHaveLength(1_000);
});

it('finds an entry by its message and its values, not by the names of its fields', () => {
  const fields = { name: 'linh', nested: { list: [7, true, null, 'Tea'] } };
  expect(wordsOf('Hello', fields)).toEqual(['hello', '7', 'tea', 'linh', 'true']);
  expect(wordsOf('Hello', null)).toEqual(['hello']);
});
