import { buildSchema, getOperationAST, getVariableValues, GraphQLError, parse, validate } from 'graphql';
import { publicErrorWithoutHints } from './public-errors.js';

const schema = buildSchema('type Query { buy(input: Order): String } input Order { note: String }');
const query = parse('query ($input: Order) { buy(input: $input) }');
/** What is wrong with this variable, in graphql's words. */
const mistakeIn = (input: object) => {
  const definitions = getOperationAST(query)?.variableDefinitions ?? [];
  const [error] = getVariableValues(schema, definitions, { input }).errors ?? [];
  return error ?? new GraphQLError('none');
};
const shown = (error: GraphQLError) => {
  const { message } = publicErrorWithoutHints({ ...error.toJSON(), extensions: { code: 'BAD_USER_INPUT' } }, error);
  return message;
};

describe('errors without hints', () => {
  it('suggest no name, be the sentence short, too long, or cut within the hint', () => {
    for (let letters = 0; letters < 600; letters += 1) {
      const mistake = mistakeIn({ note: 'x'.repeat(letters), noe: 1 });
      expect(mistake.message).toMatch(/ Did you mean "note"\?$/);
      expect(shown(mistake)).toMatch(/^Variable "\$input" got invalid value .*(?:type "Order"\.|\.\.\.)$/);
      expect(shown(mistake)).not.toContain('Did you');
    }
  });

  it('suggest none where a subgraph has cut the sentence', () => {
    const sentence = `${'x'.repeat(480)}. Did you mean "no...`;
    const formatted = { message: sentence, extensions: { code: 'BAD_USER_INPUT', serviceName: 'orders' } };
    expect(publicErrorWithoutHints(formatted, null).message).toBe(`${'x'.repeat(480)}.`);
  });

  it('keep what a client asked itself, and take no longer for how often it did', () => {
    const asked = ' Did you mean it? '.repeat(50_000);
    const began = performance.now();
    expect(shown(new GraphQLError(`no such thing: "${asked}"`))).toMatch(/^no such thing: " Did you mean it\? /);
    expect(performance.now() - began).toBeLessThan(500);
  });

  it('leave mistakes without a hint as they are', () => {
    const [mistake] = validate(schema, parse('{ buy(nothing: 1) }'));
    expect(mistake && shown(mistake)).toBe('Unknown argument "nothing" on field "Query.buy".');
  });
});
