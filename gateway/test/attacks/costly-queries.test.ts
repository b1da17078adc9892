import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { serviceNames } from '@shop/shared/backing/roster';
import { graphqlRequest } from '../../../tests/support/graphql-client.js';
import { repositoryRoot } from '../../src/config.js';
import { TestGateway } from '../support/test-gateway.js';

/** All that there is to an order. */
const ORDER = `id uuid status cancellationReason total currency shippingAddress version createdAt updatedAt
  user { id email username role createdAt }
  items { id name quantity price subtotal
    product { id name description price currency stock inStock version createdAt updatedAt } }
  timeline { type at detail }
  payment { id amount currency provider status failureReason createdAt }
  emails { id to subject sentAt }`;
const CHEAP = '{ edges { node { id } } }';
const nested = (first: string, inner = first) =>
  `users(first: ${first}) { edges { node { orders(first: ${inner}) ${CHEAP} } } }`;
/** Each fragment has the one before it twice: the last one has the first 2^levels times. */
const doubling = (levels: number) =>
  Array.from({ length: levels }, (_, n) => {
    const next = n === 0 ? 'id' : `...F${n - 1} ...F${n - 1}`;
    return `fragment F${n} on Order { ${next} }`;
  }).join(' ');

/** A port where nobody listens: at their own a shop may run meanwhile. */
const NOBODY = Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_URL`, 'http://127.0.0.1:9']));

// Nobody is behind this gateway: what is admitted fails for that alone.
describe('queries whose lists would be too much', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    const supergraph = await readFile(path.join(repositoryRoot, 'gateway/supergraph.graphql'), 'utf8');
    gateway = await TestGateway.start(supergraph, NOBODY);
  });
  afterAll(() => gateway.stop());
  const ask = (query: string, variables = {}) => graphqlRequest(gateway.url, query, variables);
  const outcome = async (query: string, variables = {}) => {
    const { status, errors } = await ask(query, variables);
    const [error] = errors ?? [];
    return { status, code: error?.extensions?.['code'], field: error?.extensions?.['field'], message: error?.message };
  };
  const TOO_COSTLY = {
    status: 400,
    code: 'BAD_USER_INPUT',
    field: 'query',
    message: expect.stringMatching(/^the query asks for too much: .* costs \d+, and may cost 10000$/),
  };
  const ADMITTED = { status: 200, code: 'SUBGRAPH_UNAVAILABLE' };

  it.each<[string, string]>([
    ['a page of orders with all there is to them', `{ orders(first: 100) { edges { node { ${ORDER} } } } }`],
    [
      'the same twice, on smaller pages',
      `{ a: orders(first: 40) { edges { node { ${ORDER} } } } b: orders(first: 40) { edges { node { ${ORDER} } } } }`,
    ],
    ['everybody with some orders', `{ ${nested('100', '5')} }`],
    [
      'users and their orders, by the default of the schema',
      `{ users { edges { node { orders { edges { node { id } } } } } } }`,
    ],
    ['a thousand products', `{ products(first: 1000) { edges { node { id name price } } } }`],
  ])('admits %s', async (_what, query) => expect(await outcome(query)).toMatchObject(ADMITTED));

  it('counts a text again for other variables, whatever it had cost before', async () => {
    const query = `query ($n: Int = 100) { ${nested('$n')} }`;
    const costs = [{ n: 5 }, { n: 100 }, {}, { n: 5 }, { n: 5 }, { n: '5' }].map((variables) =>
      outcome(query, variables),
    );
    expect(await Promise.all(costs)).toMatchObject([
      ...[ADMITTED, TOO_COSTLY, TOO_COSTLY, ADMITTED, ADMITTED],
      { status: 400, code: 'BAD_USER_INPUT' },
    ]);
  });

  it.each<[string, string, object?]>([
    ['lists within lists', `{ ${nested('100')} }`],
    ['the same by a variable', `query ($n: Int) { ${nested('$n')} }`, { n: 100 }],
    ['the same by its default', `query ($n: Int = 100) { ${nested('$n')} }`],
    [
      'a long list whose inner lists are as the schema has them',
      `{ users(first: 500) { edges { node { orders ${CHEAP} } } } }`,
    ],
    [
      'the same below fragments',
      `{ users(first: 100) { ...U } } fragment U on UserConnection { edges { ...E } } fragment E on UserEdge { node { orders(first: 100) ${CHEAP} } }`,
    ],
    [
      'lists beside one another',
      `{ ${Array.from({ length: 100 }, (_, n) => `a${n}: orders(first: 100) ${CHEAP}`).join(' ')} }`,
    ],
    ['by way of an order', `{ orders(first: 100) { edges { node { user { orders(first: 100) ${CHEAP} } } } } }`],
    [
      'values of many objects',
      `{ orders(first: 100) { edges { node { items { product { ${'id '.repeat(120)} } } } } } }`,
    ],
  ])('refuses %s', async (_what, query, variables = {}) => expect(await outcome(query, variables)).toEqual(TOO_COSTLY));

  it('holds only the operation that runs against it, with the variables that it is run with', async () => {
    const query = `query Small { me { id } } query Large($n: Int!) { ${nested('$n')} }`;
    const run = async (operationName: string, variables: object) => {
      const body = JSON.stringify({ query, operationName, variables });
      return (await fetch(gateway.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body }))
        .status;
    };
    expect(await run('Small', { n: 100 })).toBe(200);
    expect(await run('Large', { n: 100 })).toBe(400);
    expect(await run('Large', { n: 10 })).toBe(200);
  });

  it('names the argument of a list that is too long by itself', async () => {
    expect(await outcome(`{ products(first: 100000) ${CHEAP} }`)).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'first',
    });
  });

  it('takes no longer for fragments that double with each line than for their text', async () => {
    const began = performance.now();
    const { status } = await ask(`{ orders(first: 100) { edges { node { ...F120 } } } } ${doubling(121)}`);
    expect([status, performance.now() - began < 1_000]).toEqual([400, true]);
  });

  it('leaves to validation what the schema does not have', async () => {
    expect(
      await outcome('{ nothing(first: 100) { of { the { sort } } } ...F } fragment F on Nobody { x(first: "1") }'),
    ).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('nothing'),
    });
    expect(await outcome(`{ orders(first: "many") ${CHEAP} }`)).toMatchObject({
      message: expect.stringContaining('Int'),
    });
  });

  it('is switched off by 0', async () => {
    const { supergraphFile } = gateway;
    const without = await TestGateway.start(await readFile(supergraphFile, 'utf8'), { ...NOBODY, MAX_COST: '0' });
    const { status } = await graphqlRequest(without.url, `{ ${nested('100')} }`);
    expect(status).toBe(200);
    await without.stop();
  });
});
