import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { FakeShop } from './support/fake-shop.js';
import { TestGateway } from './support/test-gateway.js';

const QUERY =
  'query Known($id: ID!, $pay: Boolean = true) { order(id: $id) { id payment @include(if: $pay) { status } } }';

describe('an operation that comes again', () => {
  let shop: FakeShop;
  let gateway: TestGateway;

  beforeAll(async () => {
    shop = await new FakeShop().start();
    for (const id of ['1', 'unpayable']) shop.orders.advance(id, 'PAID');
    gateway = await TestGateway.start(shop.compose());
  });
  afterAll(async () => {
    await gateway.stop();
    await shop.stop();
  });
  beforeEach(() => {
    for (const { requests } of shop.subgraphs) requests.length = 0;
  });

  /** Everything of an answer, but what no two answers have in common. */
  const send = async (body: object, headers: Record<string, string> = {}) => {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const all = { 'content-type': 'application/json', ...headers };
      request(gateway.url, { method: 'POST', headers: all }, resolve).on('error', reject).end(JSON.stringify(body));
    });
    const { date: _date, 'x-request-id': _id, ...same } = response.headers;
    return { status: response.statusCode, headers: same, body: await text(response) };
  };
  const again = async (body: object, headers: Record<string, string> = {}) => {
    const first = await send(body, headers);
    await send(body, headers);
    return [first, await send(body, headers)] as const;
  };

  it.each([undefined, '*/*', 'application/graphql-response+json', 'application/json;q=0.5, text/plain'])(
    'is answered as at first, to whoever accepts %s',
    async (accept) => {
      const headers = accept === undefined ? undefined : { accept };
      const [first, third] = await again({ query: QUERY, variables: { id: '1' } }, headers);
      expect(JSON.parse(first.body)).toEqual({ data: { order: { id: '1', payment: { status: 'SUCCEEDED' } } } });
      expect(third).toEqual(first);
    },
  );

  it('is refused as at first for a type that is not served', async () => {
    await again({ query: QUERY, variables: { id: '1' } });
    const [first, third] = await again({ query: QUERY, variables: { id: '1' } }, { accept: 'image/png' });
    expect(first.status).toBe(406);
    expect(third).toEqual(first);
  });

  it('tells of errors as at first, and is not run twice for that', async () => {
    const [first] = await again({ query: QUERY, variables: { id: 'unpayable' } });
    expect(JSON.parse(first.body)).toMatchObject({
      errors: [{ path: ['order', 'payment'], extensions: { code: 'NOT_FOUND' } }],
      data: { order: { id: 'unpayable', payment: null } },
    });
    for (const { requests } of shop.subgraphs) requests.length = 0;
    expect(await send({ query: QUERY, variables: { id: 'unpayable' } })).toEqual(first);
    expect(shop.subgraphs.map(({ requests }) => requests.length)).toEqual([1, 0, 1]);
  });

  it('is refused with variables that are none of it', async () => {
    await again({ query: QUERY, variables: { id: '1' } });
    const [first, third] = await again({ query: QUERY, variables: { pay: 'yes' } });
    expect(first.status).toBe(400);
    expect(third).toEqual(first);
    expect(shop.orders.requests).toHaveLength(3);
  });

  it('runs a mutation once for each time that it comes', async () => {
    const mutation = { query: 'mutation Known($fail: String) { placeOrder(fail: $fail) { status } }' };
    await again(mutation);
    expect(shop.orders.requests).toHaveLength(3);
    const failing = { ...mutation, variables: { fail: 'CONFLICT' } };
    const [first, third] = await again(failing);
    expect(first.body).toContain('CONFLICT');
    expect(third).toEqual(first);
    expect(shop.orders.requests).toHaveLength(6);
  });

  it('is told apart from another one of the same text', async () => {
    const query = 'query A { paymentCount } query B { whoAmI }';
    for (let times = 0; times < 3; times += 1) {
      expect(JSON.parse((await send({ query, operationName: 'A' })).body)).toEqual({ data: { paymentCount: 1 } });
      expect(JSON.parse((await send({ query, operationName: 'B' })).body)).toEqual({ data: { whoAmI: 'nobody' } });
      expect((await send({ query })).status).toBe(400);
    }
  });

  it.each([
    ['an empty name', 'mutation Kept { placeOrder { status } }', { operationName: '' }],
    ['an empty name, where it had none', 'mutation { placeOrder { status } }', { operationName: '' }],
    ['a name that it does not have', 'mutation Kept { placeOrder { status } }', { operationName: 'Other' }],
  ])('is refused by %s, and not run', async (_, query, other) => {
    await again({ query });
    for (const { requests } of shop.subgraphs) requests.length = 0;
    expect(await send({ query, ...other })).toMatchObject({ status: 400 });
    expect(shop.subgraphs.flatMap(({ requests }) => requests)).toEqual([]);
  });

  it('is not run by a name and a text that only together are its text', async () => {
    const rest = 'fragment Rest on Mutation { placeOrder { status } }';
    await again({ query: `mutation\n{ placeOrder { status } } ` });
    await again({ query: `query\n{ paymentCount }` });
    for (const { requests } of shop.subgraphs) requests.length = 0;
    for (const body of [
      { operationName: 'mutation', query: '{ placeOrder { status } } ' },
      { operationName: 'query', query: '{ paymentCount }' },
      { operationName: 'mutation', query: rest },
    ])
      expect(await send(body)).toMatchObject({ status: 400 });
    expect(shop.subgraphs.flatMap(({ requests }) => requests)).toEqual([]);
  });

  it('is still refused where another site may have made a browser send it', async () => {
    const known = { query: '{ paymentCount }' };
    await again(known);
    expect((await send(known, { 'content-type': 'text/plain' })).status).toBe(400);
    expect(shop.payments.requests).toHaveLength(3);
  });
});
