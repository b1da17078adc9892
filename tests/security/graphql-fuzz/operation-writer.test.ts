import { parse, validate } from 'graphql';
import { Random } from '../../chaos/random.js';
import { apiSchema } from './api-schema.js';
import { HostileValues } from './hostile-values.js';
import { jsonObject, membersOf } from './operation.js';
import { OperationWriter } from './operation-writer.js';

const schema = apiSchema();
const writer = new OperationWriter(schema, new HostileValues(1));
const known = { product: ['1', '2'], uuid: ['x'], after: ['bm8'], first: [1, 5] };
const write = (seed: number, kind: 'query' | 'mutation' | 'subscription' = 'query') =>
  writer.write(new Random(seed), kind, known);

describe('written operations', () => {
  it.each(['query', 'mutation', 'subscription'] as const)('are valid, and their bodies JSON: %s', (kind) => {
    for (let seed = 0; seed < 150; seed += 1) {
      const operation = write(seed, kind);
      const mistakes = validate(schema, parse(operation.query)).map(({ message }) => message);
      expect({ query: operation.query, mistakes }).toEqual({ query: operation.query, mistakes: [] });
      expect(JSON.parse(jsonObject(membersOf(operation)))).toMatchObject({ query: operation.query });
    }
  });

  it('are the same for the same seed', () => {
    expect(write(7)).toEqual(write(7));
    expect(write(7)).not.toEqual(write(8));
  });

  it('have all that a document can have', () => {
    const documents = Array.from({ length: 250 }, (_, seed) => write(seed).query).join('\n');
    for (const part of ['fragment ', '... on ', '... {', '@skip', '@include', '$', '__proto__: ', 'null', '__typename'])
      expect(documents).toContain(part);
    for (const field of Object.keys(schema.getQueryType()?.getFields() ?? {})) expect(documents).toContain(field);
  });
});
