import { levelNamed } from './level.js';

it.each([
  ['debug', 'debug'],
  ['TRACE', 'debug'],
  ['Info', 'info'],
  ['notice', 'info'],
  ['WARNING', 'warn'],
  ['error', 'error'],
  ['fatal', 'error'],
])('knows %s as %s', (word, level) => expect(levelNamed(word)).toBe(level));

it.each(['', 'loud', ' info', 'constructor', '__proto__', '30'])('knows no level in %j', (word) =>
  expect(levelNamed(word)).toBeNull(),
);
