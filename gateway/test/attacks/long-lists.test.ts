import { eventually } from '../../../tests/support/eventually.js';
import { graphqlRequest } from '../../../tests/support/graphql-client.js';
import { FakeShop } from '../support/fake-shop.js';
import { transports } from '../support/stream-clients.js';
import { TestGateway } from '../support/test-gateway.js';

describe('values that are too much', () => {
  let shop: FakeShop;
  let gateway: TestGateway;
  beforeAll(async () => {
    shop = await new FakeShop().start();
    gateway = await TestGateway.start(shop.compose());
  });
  afterAll(async () => {
    await gateway.stop();
    await shop.stop();
  });

  const QUERY = 'query ($id: ID!) { order(id: $id) { id } }';
  const list = (items: number) => Array.from({ length: items }, () => 1);
  const nested = (levels: number, value: unknown = 1): unknown => (levels === 0 ? value : nested(levels - 1, [value]));

  it('refuses a list of 10,000 items in the text', async () => {
    const { status, errors } = await graphqlRequest(gateway.url, `{ order(id: [${list(10_000).join(' ')}]) { id } }`);
    expect([status, errors?.[0]]).toMatchObject([
      400,
      { message: expect.stringContaining('tokens'), extensions: { code: 'BAD_USER_INPUT', field: 'query' } },
    ]);
  });

  it.each<[string, unknown, string]>([
    ['a list of 10,000 items', list(10_000), 'a list may have 1000 items'],
    ['the same below others', { a: [{ b: list(10_000) }] }, 'a list may have 1000 items'],
    ['values within values', nested(21), 'values within values are at most 20 deep'],
  ])('refuses %s in the variables', async (_what, id, reason) => {
    const { status, errors } = await graphqlRequest(gateway.url, QUERY, { id });
    expect([status, errors]).toEqual([
      400,
      [
        {
          message: `the query asks for too much: ${reason}`,
          extensions: { code: 'BAD_USER_INPUT', field: 'variables' },
        },
      ],
    ]);
  });

  it('refuses variables that are deeper than any stack, by POST and by GET', async () => {
    const variables = `{"id":${'['.repeat(40_000)}${']'.repeat(40_000)}}`;
    const body = `{"query":${JSON.stringify(QUERY)},"variables":${variables}}`;
    const headers = { 'content-type': 'application/json' };
    const shorter = `{"id":${'['.repeat(1_000)}${']'.repeat(1_000)}}`;
    const parameters = new URLSearchParams({ query: QUERY, variables: shorter });
    for (const response of [
      await fetch(gateway.url, { method: 'POST', headers, body }),
      await fetch(`${gateway.url}?${parameters}`, { headers }),
    ])
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { errors: [{ extensions: { code: 'BAD_USER_INPUT', field: 'variables' } }] },
      ]);
  });

  it.each(transports)('refuses both over %s', async (_name, subscribe) => {
    for (const id of [list(10_000), nested(21)]) {
      const seen = subscribe(gateway, { query: QUERY, variables: { id } });
      await eventually(() => expect(JSON.stringify([seen.error, seen.answers])).toContain('"field":"variables"'));
      seen.close();
    }
  });

  it('takes what is within the limits', async () => {
    shop.orders.advance('1', 'PAID');
    const query =
      'query ($id: ID!, $unused: [Int]) { order(id: $id) { id } a: order(id: 1) { id @include(if: true) } }';
    const { status } = await graphqlRequest(gateway.url, query.replace(', $unused: [Int]', ''), {
      id: '1',
      others: list(1_000),
      deep: nested(20),
    });
    expect(status).toBe(200);
  });
});
