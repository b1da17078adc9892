import { parse } from 'graphql';
import { mutationSteps } from './mutation-steps.js';

const steps = (text: string, name?: string) => mutationSteps(parse(text), name);

describe('the steps of an operation', () => {
  it.each([
    ['a query', '{ a b c }', 1],
    ['a subscription', 'subscription { a b }', 1],
    ['a mutation', 'mutation { a { b c } }', 1],
    ['several fields', 'mutation { a b c }', 3],
    [
      'one field many times',
      `mutation { ${Array.from({ length: 100 }, (_, n) => `a${n}: register { id }`).join(' ')} }`,
      100,
    ],
    ['inline fragments', 'mutation { a ... { b ... on Mutation { c } } }', 3],
    ['fragments', 'mutation { ...F a } fragment F on Mutation { b ...G } fragment G on Mutation { c d }', 4],
    ['what is skipped, for all that is known', 'mutation { a @skip(if: true) b }', 2],
  ])('are counted of %s', (_what, text, count) => expect(steps(text)).toBe(count));

  it('are those of the operation that is named', () => {
    const text = 'mutation Many { a b c } mutation One { a } query Q { a b }';
    expect([steps(text, 'Many'), steps(text, 'One'), steps(text, 'Q'), steps(text, 'None')]).toEqual([3, 1, 1, 1]);
  });

  it('of fragments that spread each other many times are counted in no time', () => {
    const doubling = Array.from({ length: 60 }, (_, n) => `fragment F${n} on M { ...F${n + 1} ...F${n + 1} }`);
    const began = performance.now();
    expect(steps(`mutation { ...F0 } ${doubling.join(' ')} fragment F60 on M { a }`)).toBe(2 ** 60);
    expect(steps('mutation { ...A a } fragment A on M { ...B b } fragment B on M { ...A c }')).toBe(3);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
