import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import jwt from 'jsonwebtoken';
import { generateKeyPairSync } from 'node:crypto';
import { graphqlRequest } from '../../tests/support/graphql-client.js';
import { TestAuth } from '../../tests/support/test-auth.js';
import { FakeShop } from './support/fake-shop.js';
import { TestGateway } from './support/test-gateway.js';

const EVERYTHING = '{ orders { id status product { name } payment { status } } }';

const LONG = 'x'.repeat(20_000);

describe('queries through the gateway', () => {
  let auth: TestAuth;
  let shop: FakeShop;
  let gateway: TestGateway;

  beforeAll(async () => {
    auth = await TestAuth.start();
    shop = await new FakeShop().start();
    shop.orders.advance('1', 'PAID');
    gateway = await TestGateway.start(shop.compose(), { AUTH_JWKS_URL: auth.jwksUrl, SUBGRAPH_TIMEOUT_MS: '1500' });
  });
  afterAll(async () => {
    await gateway.stop();
    await shop.stop();
    await auth.stop();
  });
  beforeEach(() => {
    for (const subgraph of shop.subgraphs) {
      subgraph.override = null;
      subgraph.requests.length = 0;
    }
  });

  const ask = (query: string, variables = {}, token?: string) => graphqlRequest(gateway.url, query, variables, token);
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(gateway.url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });

  it('joins the fields of several subgraphs', async () => {
    const { status, ...answer } = await ask(EVERYTHING);
    expect(status).toBe(200);
    expect(answer).toEqual({
      data: {
        orders: [{ id: '1', status: 'PAID', product: { name: 'product p1' }, payment: { status: 'SUCCEEDED' } }],
      },
    });
  });

  it('takes no text that is not in UTF-8 for another one', async () => {
    const body = Buffer.from('{"query": "{ whoAmI }", "variables": {"a": "\xe9"}}', 'latin1');
    const headers = { 'content-type': 'application/json' };
    for (const url of [gateway.url, `${gateway.url}/stream`]) {
      const response = await fetch(url, { method: 'POST', headers, body });
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { errors: [{ message: 'the body is not in UTF-8', extensions: { code: 'BAD_USER_INPUT' } }] },
      ]);
    }
  });

  it('shows the subgraphs the verified token, the trace, the request and where it came from', async () => {
    const token = auth.token({ userId: 7 });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const response = await post(JSON.stringify({ query: '{ whoAmI }' }), {
      authorization: `bearer ${token}`,
      traceparent,
      'x-request-id': 'abc',
    });
    expect(await response.json()).toEqual({ data: { whoAmI: `Bearer ${token}` } });
    expect(shop.products.requests[0]).toMatchObject({
      traceparent,
      'x-request-id': 'abc',
      'x-forwarded-for': '127.0.0.1',
    });
  });

  it.each(['representations', 'representations_'])('takes a variable of the name %s like any other', async (name) => {
    const query = `query ($${name}: String, $representations_1: Boolean = true) {
      order(id: "1") { id product { name(suffix: $${name}) id @skip(if: $representations_1) } }
    }`;
    const product = { name: 'product p1!' };
    const variables = { [name]: '!' };
    // The second time it is known.
    for (let n = 0; n < 2; n += 1)
      expect(await ask(query, variables)).toEqual({ status: 200, data: { order: { id: '1', product } } });
    const condition = `query ($${name}: Boolean!) { order(id: "1") { id product @include(if: $${name}) { name } } }`;
    expect(await ask(condition, { [name]: false })).toEqual({ status: 200, data: { order: { id: '1' } } });
    const { status, errors } = await ask(condition, { [name]: 'x' });
    expect([status, errors]).toEqual([
      400,
      [expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT', field: name } })],
    ]);
  });

  it('calls each subgraph as often for many orders as for one', async () => {
    for (let id = 2; id <= 20; id++) shop.orders.advance(String(id), 'PAID');
    await ask(EVERYTHING);
    expect(shop.subgraphs.map(({ requests }) => requests.length)).toEqual([1, 1, 1]);
  });

  describe('a subgraph in trouble', () => {
    const unavailable = {
      data: { order: { id: '1', payment: null } },
      errors: [
        {
          message: 'a part of the answer is not available now',
          path: ['order', 'payment'],
          extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
        },
      ],
    };
    const askForPayment = async () => {
      const { status, ...answer } = await ask('{ order(id: 1) { id payment { status } } }');
      expect(status).toBe(200);
      return answer;
    };

    it('costs its nullable field and one error when it does not answer in time', async () => {
      shop.payments.override = () => undefined;
      expect(await askForPayment()).toEqual(unavailable);
    });

    it.each<[string, number, string, string]>([
      ['an error page', 502, 'text/html', '<h1>Bad gateway</h1>'],
      ['a page with status 200', 200, 'text/html', '{"data":{}}'],
      ['JSON that is no GraphQL', 200, 'application/json', '{"message":"hi"}'],
      ['JSON that is none', 200, 'application/json', '{"data":'],
      ['errors that are no list', 200, 'application/json', '{"errors":"all over"}'],
    ])('the same when it answers with %s', async (_what, status, contentType, body) => {
      shop.payments.override = (_request, response) =>
        response.writeHead(status, { 'content-type': contentType }).end(body);
      expect(await askForPayment()).toEqual(unavailable);
    });

    it('the same when nobody is there, and it is asked again when it is back', async () => {
      await shop.payments.stop();
      expect(await askForPayment()).toEqual(unavailable);
      await shop.payments.start();
      expect(await askForPayment()).toEqual({ data: { order: { id: '1', payment: { status: 'SUCCEEDED' } } } });
    });

    it('passes partial answers through, without the names of the inside', async () => {
      shop.orders.advance('unpayable', 'PAID');
      const answer = await ask('{ order(id: "unpayable") { id payment { id } } }');
      expect(answer).toEqual({
        status: 200,
        data: { order: { id: 'unpayable', payment: null } },
        errors: [{ message: 'no such payment', path: ['order', 'payment'], extensions: { code: 'NOT_FOUND' } }],
      });
    });

    it.each(['UNAUTHENTICATED', 'FORBIDDEN', 'BAD_USER_INPUT', 'NOT_FOUND', 'CONFLICT', 'RATE_LIMITED'])(
      'keeps its %s with the field at fault',
      async (code) => {
        const { errors } = await ask('mutation ($code: String) { placeOrder(fail: $code) { id } }', { code });
        expect(errors).toEqual([
          { message: `failed: ${code}`, path: ['placeOrder'], extensions: { code, field: 'note' } },
        ]);
      },
    );

    it.each(['internal', 'SOMETHING_ELSE', 'GRAPHQL_VALIDATION_FAILED'])('hides the rest (%s)', async (fail) => {
      const { errors } = await ask('mutation ($fail: String) { placeOrder(fail: $fail) { id } }', { fail });
      expect(errors).toEqual([
        { message: 'internal error', path: ['placeOrder'], extensions: { code: 'INTERNAL_SERVER_ERROR' } },
      ]);
    });
  });

  describe('a token that proves nothing', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const claims = { sub: '7', role: 'ADMIN', email: 'a@b.c', username: 'a', iss: 'shop', aud: 'shop' };
    const forged = jwt.sign(claims, privateKey, { algorithm: 'RS256', keyid: 'test', expiresIn: 60 });
    const unsigned = jwt.sign(claims, '', { algorithm: 'none', expiresIn: 60 });

    it.each<[string, () => string]>([
      ['expired', () => `Bearer ${auth.token({ userId: 7, expiresInSeconds: -10 })}`],
      ['forged', () => `Bearer ${forged}`],
      ['of algorithm none', () => `Bearer ${unsigned}`],
      ['of another scheme', () => 'Basic dXNlcjpwYXNz'],
      ['of no form', () => 'Bearer'],
    ])('fails the whole request when it is %s', async (_what, authorization) => {
      const response = await post(JSON.stringify({ query: '{ orders { id } }' }), { authorization: authorization() });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({
        errors: [{ message: expect.any(String), extensions: { code: 'UNAUTHENTICATED' } }],
      });
      expect(shop.orders.requests).toHaveLength(0);
    });
  });

  describe('bad input', () => {
    it.each<[string, string]>([
      ['malformed GraphQL', '{"query":"{ orders { "}'],
      ['an unknown field', '{"query":"{ orders { nothing } }"}'],
      ['a missing variable', '{"query":"query ($id: ID!) { order(id: $id) { id } }"}'],
      ['a variable of the wrong type', '{"query":"query ($id: ID!) { order(id: $id) { id } }","variables":{"id":{}}}'],
      ['variables that are no object', '{"query":"{ orders { id } }","variables":"x"}'],
      ['an unknown operation name', '{"query":"query A { orders { id } }","operationName":"B"}'],
      ['no query', '{}'],
      ['a batch', '[{"query":"{ orders { id } }"}]'],
      ['a body that is no JSON', '{"query":'],
      ['an empty body', ''],
      ['a subscription without a stream to send it in', '{"query":"subscription { ticks(count: 1) }"}'],
    ])('answers %s with one clear error', async (_what, body) => {
      const response = await post(body);
      expect(response.status).toBe(400);
      const { errors } = (await response.json()) as { errors: object[] };
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatchObject({ message: expect.any(String), extensions: { code: 'BAD_USER_INPUT' } });
      expect(JSON.stringify(errors)).not.toMatch(/stack|node_modules|serviceName/);
    });

    it.each<[string, string, object, string]>([
      ['a variable of the wrong type', 'query ($id: ID!) { order(id: $id) { id } }', { id: {} }, 'id'],
      ['a missing variable', 'query ($id: ID!) { order(id: $id) { id } }', {}, 'id'],
      ['an argument of the wrong type', '{ order(id: 1.5) { id } }', {}, 'id'],
      ['a missing argument', '{ order { id } }', {}, 'id'],
      ['an unknown argument', '{ order(id: 1, nothing: 2) { id } }', {}, 'nothing'],
    ])('names the field at fault for %s', async (_what, query, variables, field) => {
      const { status, errors } = await ask(query, variables);
      expect([status, errors?.map(({ extensions }) => extensions)]).toEqual([400, [{ code: 'BAD_USER_INPUT', field }]]);
    });

    it.each<[string, string, object]>([
      ['variable', 'query ($id: ID!) { order(id: $id) { id } }', { id: { text: LONG } }],
      ['literal', `{ order(id: {text: "${LONG}"}) { id } }`, {}],
      ['name', `{ ${LONG} }`, {}],
    ])('says what is wrong with a long %s in a sentence, not in the whole of it', async (_what, query, variables) => {
      const { errors = [] } = await ask(query, variables);
      expect(errors.length).toBeGreaterThan(0);
      for (const { message } of errors) expect([message, [...message].length <= 500]).toEqual([message, true]);
    });

    it.each(['PUT', 'PATCH', 'DELETE'])('refuses %s, and says what it takes', async (method) => {
      for (const url of [gateway.url, `${gateway.url}/stream`]) {
        const response = await fetch(url, { method });
        expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
        expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
      }
    });

    it('answers an oversized body with 413', async () => {
      const response = await post(JSON.stringify({ query: `{ orders { id } } #${'x'.repeat(110_000)}` }));
      expect(response.status).toBe(413);
      expect(await response.json()).toEqual({
        errors: [{ message: 'the body is too large', extensions: { code: 'BAD_USER_INPUT' } }],
      });
    });

    it('refuses what another site could make a browser send', async () => {
      const response = await fetch(`${gateway.url}?query={orders{id}}`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    });
  });
});
