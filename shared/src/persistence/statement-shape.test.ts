import { statementShape } from './statement-shape.js';

test.each([
  ["select * from users where email = 'an@example.com'", 'select * from users where email = ?'],
  ["insert into t values ('it''s', E'a\\\\b', 12.5, -3)", 'insert into t values (?, E?, -?)'],
  [
    'select "o1"."total" from "orders" "o1" where id = $1 limit 20',
    'select "o1"."total" from "orders" "o1" where id = ? limit ?',
  ],
  ['select * from t1 where id in (1, 2, 3)', 'select * from t1 where id in (?)'],
  ["select $tag$ it's secret $tag$, 'open", 'select ?'],
  ['select\n  a,\n  b', 'select a, b'],
])('%s', (sql, shape) => {
  expect(statementShape(sql)).toBe(shape);
});

test('a hostile statement costs little and is cut', () => {
  const since = performance.now();
  for (const sql of [
    "'".repeat(16_001),
    '$a'.repeat(8_000),
    '"'.repeat(16_001),
    '1e'.repeat(8_000),
    '?,'.repeat(8_000),
  ])
    expect(statementShape(sql).length).toBeLessThan(2_010);
  expect(performance.now() - since).toBeLessThan(500);
});
