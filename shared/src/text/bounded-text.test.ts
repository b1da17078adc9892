import { faultOfText } from './bounded-text.js';

const name = { name: 'name', least: 1, most: 3 };

it.each(['a', 'abc', '😀😀😀', ' '])('takes %j', (text) => expect(faultOfText(text, name)).toBeNull());

it.each(['', 'abcd', '😀😀😀😀'])('says how long %j may be', (text) =>
  expect(faultOfText(text, name)).toBe('name must be 1 to 3 characters'),
);
it('does not count blanks where they are not to count, but for the most', () => {
  const visible = { ...name, blanksCount: false };
  expect(faultOfText('  ', visible)).toBe('name must be 1 to 3 characters');
  expect(faultOfText(' a ', visible)).toBeNull();
  expect(faultOfText('  a ', visible)).toBe('name must be 1 to 3 characters');
});
it('says only the most of what may be nothing', () =>
  expect(faultOfText('abcd', { ...name, least: 0 })).toBe('name must be at most 3 characters'));

it.each(['\0', 'a\ud800'])('says of %j what it must not contain, not how long it is', (text) =>
  expect(faultOfText(text, name)).toBe('name must contain neither NUL nor half a surrogate pair'),
);

it('takes NUL where the text is not kept, and still no half of a surrogate pair', () => {
  const hashed = { ...name, kept: false };
  expect(faultOfText('a\0b', hashed)).toBeNull();
  expect(faultOfText('abc\0', hashed)).toBe('name must be 1 to 3 characters');
  expect(faultOfText('a\ud800', hashed)).toBe('name must not contain half a surrogate pair');
});
