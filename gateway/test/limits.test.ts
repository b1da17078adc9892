import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { eventually } from '../../tests/support/eventually.js';
import { graphqlRequest } from '../../tests/support/graphql-client.js';
import { repositoryRoot } from '../src/config.js';
import { FakeShop } from './support/fake-shop.js';
import { endingErrors, transports } from './support/stream-clients.js';
import { TestGateway } from './support/test-gateway.js';

/** A text of 2 KB, each line of which doubles what it asks for. */
const chain = (levels: number) =>
  Array.from({ length: levels }, (_, level) => {
    const next = level === 0 ? 'id' : `...F${level - 1}`;
    return `fragment F${level} on Order { user { orders { edges { node { ${next} } } } } payment { order { ${next} } } }`;
  }).join('\n');
const CHAIN = chain(18);
const CHAINED = `{ order(id: 1) { ...F17 } }\n${CHAIN}`;
const STREAMED = `subscription { orderStatusChanged { ...F17 } }\n${CHAIN}`;
const nested = (levels: number) => 'user { orders { edges { node { '.repeat(levels) + 'id' + ' } } } }'.repeat(levels);
const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');

const LONG = 'a'.repeat(101);
const BAD_INPUT = { code: 'BAD_USER_INPUT', field: 'query' };
/** Of this process, in which the gateway is too: what others do with the machine meanwhile is no work of its. */
const AT_ONCE_MS = 1_000;
const workSince = (began: NodeJS.CpuUsage) => {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000;
};

describe("limits in front of the shop's supergraph", () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start(await readFile(path.join(repositoryRoot, 'gateway/supergraph.graphql'), 'utf8'));
  });
  afterAll(() => gateway.stop());

  const timed = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    const began = process.cpuUsage();
    const result = await work();
    expect(workSince(began)).toBeLessThan(AT_ONCE_MS);
    return result;
  };

  it.each<[string, string, RegExp]>([
    ['fragments within fragments', CHAINED, /fields/],
    ['the same where nothing spreads them', `{ me { id } }\n${CHAIN}`, /fields/],
    ['fields that are too deep', `{ me { ${nested(5)} } }`, /deep/],
    ['thousands of levels', `{ me { ${nested(1_000)} } }`, /tokens/],
    ['a value of thousands of levels', `{ order(id: ${'['.repeat(9_000)}1${']'.repeat(9_000)}) { id } }`, /tokens/],
    ['too many aliases', `{ ${times(101, (i) => `a${i}: me { id }`)} }`, /aliases/],
    ['too many fields', `{ me { ${times(501, () => 'id')} } }`, /fields/],
    ['too many directives', `{ me { id ${times(51, () => '@include(if: true)')} } }`, /directives/],
    ['directives that do not exist', `query ${times(51, (i) => `@d${i}`)} { me { id } }`, /directives/],
    ['directives on variables', `query (${times(51, (i) => `$v${i}: Int @d`)}) { me { id } }`, /directives/],
    [
      'directives that fragments bring again and again',
      `{ me { ${times(11, () => '...F')} } } fragment F on User { ${times(5, (i) => `id @d${i}`)} }`,
      /directives/,
    ],
    ['fields in too many operations', times(251, (i) => `query Q${i} { me { id } }`), /tokens|fields/],
    ['a name that is too long, of a field', `{ me { ${LONG}: id } }`, /a name/],
    ['of an operation', `query ${LONG} { me { id } }`, /a name/],
    ['of a fragment', `{ me { ...${LONG} } } fragment ${LONG} on User { id }`, /a name/],
    ['of a variable', `query ($${LONG}: ID!) { order(id: $${LONG}) { id } }`, /a name/],
    ['of what does not exist', `{ me(${LONG}: 1) @${LONG} { ... on ${LONG} { id } } }`, /a name/],
    ['comments', `{ __typename }${'#\n'.repeat(3_000)}`, /tokens/],
  ])('refuses %s at once', async (_what, query, reason) => {
    const { status, errors } = await timed(() => graphqlRequest(gateway.url, query));
    expect(status).toBe(400);
    expect(errors).toEqual([{ message: expect.stringMatching(reason), extensions: BAD_INPUT }]);
  });

  it('refuses by GET as well', async () => {
    const url = `${gateway.url}?query=${encodeURIComponent(CHAINED)}`;
    const response = await timed(() => fetch(url, { headers: { 'apollo-require-preflight': 'x' } }));
    expect([response.status, await response.json()]).toMatchObject([400, { errors: [{ extensions: BAD_INPUT }] }]);
  });

  it.each(transports)('refuses subscriptions and queries over %s at once', async (_name, subscribe) => {
    for (const query of [STREAMED, CHAINED]) {
      const began = process.cpuUsage();
      const seen = subscribe(gateway, { query });
      await eventually(() =>
        expect(JSON.stringify([seen.error, seen.answers])).toContain('"code":"BAD_USER_INPUT","field":"query"'),
      );
      expect(workSince(began)).toBeLessThan(AT_ONCE_MS);
      seen.close();
    }
  });

  it.each<[string, string, object]>([
    ['a document', `{ me { ${times(50, (i) => `x${i}`)} } }`, {}],
    ['a subscription', `subscription { orderStatusChanged { ${times(50, (i) => `x${i}`)} } }`, {}],
    [
      'values',
      `query (${times(50, (i) => `$v${i}: Int!`)}) { ${times(50, (i) => `a${i}: products(first: $v${i}) { edges { cursor } }`)} }`,
      Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`v${i}`, 'x'.repeat(1_000)])),
    ],
  ])('tells of few of the mistakes in %s', async (_what, query, variables) => {
    for (const [, subscribe] of transports) {
      const seen = subscribe(gateway, { query, variables: { ...variables } });
      const errors = await eventually(() => {
        const found = endingErrors(seen);
        expect(found.length).toBeGreaterThan(0);
        return found;
      });
      expect(errors.length).toBeLessThanOrEqual(11);
      for (const { extensions } of errors) expect(extensions?.code).toBe('BAD_USER_INPUT');
      seen.close();
    }
  });

  it.each(['GET', 'POST'])('refuses numbers that are too large to be any, by %s', async (method) => {
    const query = 'query ($filter: ProductFilter) { products(filter: $filter) { edges { cursor } } }';
    const variables = '{"filter":{"minPrice":-1e400}}';
    const response = await (method === 'GET'
      ? fetch(`${gateway.url}?${new URLSearchParams({ query, variables })}`, {
          headers: { 'apollo-require-preflight': '1' },
        })
      : fetch(gateway.url, {
          ...{ method, headers: { 'content-type': 'application/json' } },
          body: `{"query":${JSON.stringify(query)},"variables":${variables}}`,
        }));
    const { errors } = (await response.json()) as { errors: object[] };
    expect([response.status, errors]).toEqual([
      400,
      [
        {
          message: 'a number in the variables is too large to be one',
          extensions: { code: 'BAD_USER_INPUT', field: 'variables' },
        },
      ],
    ]);
  });

  it('leaves fragments that spread themselves to validation', async () => {
    const { status, errors } = await graphqlRequest(gateway.url, '{ me { ...A } } fragment A on User { id ...A }');
    expect([status, errors?.[0]?.message]).toEqual([400, 'Cannot spread fragment "A" within itself.']);
  });

  it('admits names and comments that are as long as they may be', async () => {
    const name = LONG.slice(1);
    const { status, data } = await graphqlRequest(gateway.url, `query ${name} { ${name}: __typename } # ${LONG}`);
    expect([status, data]).toEqual([200, { [name]: 'Query' }]);
  });

  it('admits what explorers ask', async () => {
    const query = getIntrospectionQuery({
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
    });
    const { errors, data } = await graphqlRequest(gateway.url, query);
    expect(errors).toBeUndefined();
    expect(data).toHaveProperty('__schema.types');
  });

  it.each([
    ['products(first: 1099511627776)', 'first'],
    ['products(filter: { minPrice: 9007199254740993 })', 'minPrice'],
  ])('names the field at fault of %s', async (field, expected) => {
    const { status, errors } = await graphqlRequest(gateway.url, `{ ${field} { pageInfo { endCursor } } }`);
    expect([status, errors?.map(({ extensions }) => extensions)]).toEqual([
      400,
      [{ code: 'BAD_USER_INPUT', field: expected }],
    ]);
  });
});

describe('limits in front of another supergraph', () => {
  it('are those of the settings', async () => {
    const shop = await new FakeShop().start();
    const gateway = await TestGateway.start(shop.compose(), {
      ...{ MAX_FIELDS: '3', MAX_DEPTH: '2', MAX_NAME_LENGTH: '12' },
    });
    shop.orders.advance('1', 'PAID');
    const statusOf = async (query: string) => (await graphqlRequest(gateway.url, query)).status;
    expect(await statusOf('{ orders { ...F } } fragment F on Order { id status }')).toBe(200);
    expect(await statusOf('{ orders { ...F ...F } } fragment F on Order { id status }')).toBe(400);
    expect(await statusOf('{ orders { product { id } } }')).toBe(400);
    expect(await statusOf('{ abcdefghijkl: paymentCount }')).toBe(200);
    expect(await statusOf('{ abcdefghijklm: paymentCount }')).toBe(400);
    await gateway.stop();
    await shop.stop();
  });
});
