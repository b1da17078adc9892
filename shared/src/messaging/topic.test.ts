import { topicMatches } from './topic.js';

test.each([
  ['order.paid', 'order.paid', true],
  ['order.paid', 'order.paid.late', false],
  ['order.*', 'order.paid', true],
  ['order.*', 'order', false],
  ['order.*', 'order.paid.late', false],
  ['*.paid', 'order.paid', true],
  ['#', 'log.info', true],
  ['#', '', true],
  ['order.#', 'order', true],
  ['order.#', 'order.paid.late', true],
  ['order.#', 'stock.failed', false],
  ['#.late', 'order.paid.late', true],
  ['#.paid.*', 'order.paid.late', true],
  ['*', '', false],
])('%s, %s: %s', (pattern, key, expected) => {
  expect(topicMatches(pattern, key)).toBe(expected);
});
