import { buildSchema, parse, Source, validate } from 'graphql';
import { fieldAtFault } from './field-at-fault.js';

const schema = buildSchema(`
  type Query { buy(order: Order, times: Int): String }
  input Order { count: Int, gift: Gift }
  input Gift { for: String }
`);
const mistakesIn = (document: string | Source) => validate(schema, parse(document));

describe('the field at fault', () => {
  it.each([
    ['an argument', '{ buy(times: "x") }', 'times'],
    ['the innermost field of an input', '{ buy(order: { gift: { for: 1 } }) }', 'for'],
    ['what is none', '{ buy(order: { number: 1 }) }', 'number'],
    ['no argument at all', '{ sell }', undefined],
  ])('is %s', (_what, query, field) => expect(mistakesIn(query).map(fieldAtFault)).toEqual([field]));

  it('of each mistake in a document is found by reading that once', () => {
    const source = new Source(`{ ${'buy(times: "x") sell '.repeat(30)} }`);
    const mistakes = mistakesIn(source);
    const { body } = source;
    let reads = 0;
    Object.defineProperty(source, 'body', { get: () => (reads += 1) && body });
    expect(mistakes.map(fieldAtFault).filter(Boolean)).toHaveLength(30);
    expect(reads).toBe(1);
  });
});
