import { getIntrospectionQuery } from 'graphql';
import { eventually } from '../../../tests/support/eventually.js';
import { graphqlRequest } from '../../../tests/support/graphql-client.js';
import { FakeShop } from '../support/fake-shop.js';
import { transports } from '../support/stream-clients.js';
import { TestGateway } from '../support/test-gateway.js';

const ASKED = [
  getIntrospectionQuery(),
  '{ __type(name: "Order") { name } }',
  'query Innocent { paymentCount ...F } fragment F on Query { s: __schema { queryType { name } } }',
  '{ paymentCount ... on Query @skip(if: true) { __schema { queryType { name } } } }',
];
const REFUSED = [{ message: 'introspection is switched off here', extensions: { code: 'FORBIDDEN' } }];

describe('in production', () => {
  let shop: FakeShop;
  let gateway: TestGateway;
  beforeAll(async () => {
    shop = await new FakeShop().start();
    gateway = await TestGateway.start(shop.compose(), { NODE_ENV: 'production' });
  });
  afterAll(async () => {
    await gateway.stop();
    await shop.stop();
  });
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(gateway.origin + path, { headers, redirect: 'manual' });

  it('the schema is told to nobody who asks for it, by POST or GET', async () => {
    for (const query of ASKED) {
      expect(await graphqlRequest(gateway.url, query)).toEqual({ status: 403, errors: REFUSED });
      const response = await get(`/graphql?query=${encodeURIComponent(query)}`, { 'apollo-require-preflight': '1' });
      expect([response.status, await response.json()]).toEqual([403, { errors: REFUSED }]);
    }
  });

  it.each(transports)('nor over %s, in queries or subscriptions', async (_name, subscribe) => {
    for (const query of [...ASKED, 'subscription { __schema { queryType { name } } }']) {
      const seen = subscribe(gateway, { query });
      await eventually(() => expect(JSON.stringify([seen.error, seen.answers])).toContain(REFUSED[0]?.message));
      expect(JSON.stringify(seen.answers)).not.toContain('queryType');
      seen.close();
    }
  });

  it('what a thing is called is still told', async () => {
    expect(await graphqlRequest(gateway.url, '{ __typename product(id: 1) { __typename } }')).toEqual({
      status: 200,
      data: { __typename: 'Query', product: { __typename: 'Product' } },
    });
  });

  it.each<[string, string, object?]>([
    ['a field', '{ paymentCoun }'],
    ['a field of a type', '{ product(id: 1) { nam } }'],
    ['an argument', '{ product(i: 1) { id } }'],
    ['a type', '{ ... on Quer { paymentCount } }'],
    ['the type of a variable', 'query ($id: I) { product(id: $id) { id } }'],
    ['a directive', '{ paymentCount @skp(if: true) }'],
    ['a fragment', '{ ...Fo } fragment Foo on Query { paymentCount }'],
    ['a field in a subscription', 'subscription { orderStatusChangd { id } }'],
  ])('no name is suggested for %s that there is not', async (_what, query, variables = {}) => {
    const { errors } = await graphqlRequest(gateway.url, query, { ...variables });
    expect(errors?.[0]?.message).toMatch(/./);
    expect(JSON.stringify(errors)).not.toContain('Did you mean');
    for (const [, subscribe] of transports) {
      const seen = subscribe(gateway, { query });
      await eventually(() => expect(JSON.stringify([seen.error, seen.answers])).toMatch(/message|BAD_USER_INPUT/));
      expect(JSON.stringify([seen.error, seen.answers])).not.toContain('Did you mean');
      seen.close();
    }
  });

  it('there are no explorers, and no page leads to one', async () => {
    const html = { accept: 'text/html,application/xhtml+xml' };
    const root = await get('/', html);
    expect([root.status, await root.json()]).toEqual([
      200,
      { graphql: '/graphql', stream: '/graphql/stream', docs: '/docs', health: '/readyz' },
    ]);
    expect((await get('/graphiql', html)).status).toBe(404);
    const sandbox = await get('/graphql', html);
    expect([sandbox.status, sandbox.headers.get('content-type')]).toEqual([400, expect.stringContaining('json')]);
    expect(sandbox.headers.get('content-security-policy')).toBe(
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    );
    const docs = await (await get('/docs', html)).text();
    expect(docs).not.toMatch(/graphiql|sandbox/i);
  });
});

it('in development the schema is told, but never deeper than an explorer asks', async () => {
  const shop = await new FakeShop().start();
  const gateway = await TestGateway.start(shop.compose());
  expect((await graphqlRequest(gateway.url, getIntrospectionQuery())).status).toBe(200);
  const circular = '{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }';
  const { status, errors } = await graphqlRequest(gateway.url, circular);
  expect([status, errors?.[0]?.message]).toEqual([400, 'Maximum introspection depth exceeded']);
  await gateway.stop();
  await shop.stop();
});
