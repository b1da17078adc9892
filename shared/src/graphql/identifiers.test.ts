import { numericId, requiredId, requiredUuid } from './identifiers.js';
import { isUuid } from '../text/uuid.js';

const uuid = '0190b3a4-7c1e-7000-8000-00000000000a';
const odd: unknown[] = [
  null,
  undefined,
  true,
  {},
  { toString: 1 },
  ['1'],
  [uuid],
  -1,
  0,
  1.5,
  1e21,
  NaN,
  '',
  '01',
  '1 ',
  '9007199254740992',
];

it.each(odd)('knows that %j is no id', (value) => expect([numericId(value), isUuid(value)]).toEqual([null, false]));

it('takes an id as text and as a number, and a uuid in any case', () => {
  expect([numericId('42'), numericId(42), requiredId('42', 'id')]).toEqual([42, 42, 42]);
  expect([isUuid(uuid), requiredUuid(uuid.toUpperCase(), 'id')]).toEqual([true, uuid]);
});

it.each([
  [() => requiredId('abc', 'userId'), 'userId'],
  [() => requiredUuid('5', 'orderUuid'), 'orderUuid'],
])('names the argument that is no id', (required, field) =>
  expect(required).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT', message: 'invalid id', field })),
);
