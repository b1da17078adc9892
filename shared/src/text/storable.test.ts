import { isStorable } from './storable.js';

it.each(['', 'Cà phê', '😀', 'line\nbreak', '\ufffd'])('keeps %j', (text) => expect(isStorable(text)).toBe(true));

it.each(['a\0b', 'bad \ud800 name', '\udc00', '\ude00\ud83d'])('can not keep %j', (text) =>
  expect(isStorable(text)).toBe(false),
);
