import { buildSchema, getOperationAST, parse } from 'graphql';
import { costOf, holdsFor } from './document-cost.js';

const schema = buildSchema('type Query { things(first: Int = 5): [Thing] } type Thing { id: ID }');
const document = parse('query ($n: Int) { things(first: $n) { id } }');
const costWith = (variables: Record<string, unknown>) => {
  const operation = getOperationAST(document);
  if (!operation) throw new Error('there is no operation');
  return costOf(schema, document, operation, variables);
};

describe('the cost of an operation', () => {
  it('keeps of a client only the sizes that it depends on, whatever was sent for them', () => {
    const large = { b: 'x'.repeat(10_000) };
    for (const sent of [large, [large], 'x'.repeat(10_000), true, null])
      expect([...costWith({ n: sent, other: large }).by]).toEqual([['n', null]]);
    expect([...costWith({ n: 7, other: large }).by]).toEqual([['n', 7]]);
    expect([...costWith({}).by]).toEqual([['n', undefined]]);
  });

  it('holds for other variables that it does not depend on, and for no other size', () => {
    const cost = costWith({ n: 7 });
    const held = [{ n: 7, other: 1 }, { n: 8 }, { n: '7' }, {}].map((variables) => holdsFor(cost, variables));
    expect(held).toEqual([true, false, false, false]);
    expect(holdsFor(costWith({ n: {} }), { n: 'x' })).toBe(true);
  });
});
