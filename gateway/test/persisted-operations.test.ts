import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { WebSocket } from 'ws';
import { eventually } from '../../tests/support/eventually.js';
import { tcpProxy } from '../../tests/support/tcp-proxy.js';
import { testRedis } from '../../tests/support/test-redis.js';
import { FakeShop } from './support/fake-shop.js';
import { TestGateway } from './support/test-gateway.js';

const QUERY = 'query Count { paymentCount }';
const ANSWER = { data: { paymentCount: 1 } };
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const extensionsFor = (text: string) => ({ persistedQuery: { version: 1, sha256Hash: hashOf(text) } });
const NOT_FOUND = { errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'NOT_FOUND' } }] };

describe('automatic persisted queries', () => {
  let shop: FakeShop;
  const gateways: TestGateway[] = [];
  const start = async (redis?: { url: string; namespace: string }, settings = {}) => {
    const gateway = await TestGateway.start(shop.compose(), settings, redis);
    gateways.push(gateway);
    return gateway;
  };
  beforeAll(async () => void (shop = await new FakeShop().start()));
  afterEach(async () => {
    for (const gateway of gateways.splice(0)) await gateway.stop();
  });
  afterAll(() => shop.stop());

  const post = async ({ url }: { url: string }, body: object, headers = {}) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };
  const get = async ({ url }: { url: string }, parameters: Record<string, string>) => {
    const headers = { 'apollo-require-preflight': '1' };
    const response = await fetch(`${url}?${new URLSearchParams(parameters)}`, { headers });
    return { status: response.status, body: await response.json() };
  };
  const sse = async ({ url }: { url: string }, body: object) => {
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
    const response = await fetch(`${url}/stream`, { method: 'POST', headers, body: JSON.stringify(body) });
    const data = /data: (.+)/.exec(await response.text())?.[1] ?? '';
    return { status: response.status, body: JSON.parse(data) as unknown };
  };
  const websocket = async ({ websocketUrl }: TestGateway, payload: object) => {
    const socket = new WebSocket(websocketUrl, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '', ...payload } }));
    const [message] = (await once(socket, 'message')) as [Buffer];
    socket.terminate();
    const { type, payload: body } = JSON.parse(String(message)) as { type: string; payload: unknown };
    return { status: 200, body: type === 'error' ? { errors: body } : body };
  };

  it('are asked for by their hash once somebody has sent their text', async () => {
    const gateway = await start();
    const extensions = extensionsFor(QUERY);
    expect(await post(gateway, { extensions })).toEqual({ status: 200, body: NOT_FOUND });
    expect(await post(gateway, { query: QUERY, extensions })).toEqual({ status: 200, body: ANSWER });
    expect(await post(gateway, { extensions, operationName: 'Count' })).toEqual({ status: 200, body: ANSWER });
    expect(await get(gateway, { extensions: JSON.stringify(extensions) })).toEqual({ status: 200, body: ANSWER });
    expect(await sse(gateway, { extensions })).toEqual({ status: 200, body: ANSWER });
    expect(await websocket(gateway, { extensions })).toEqual({ status: 200, body: ANSWER });
  });

  it.each<[string, (gateway: TestGateway, body: { query?: string; extensions: object }) => Promise<{ body: unknown }>]>(
    [
      ['GET', (gateway, { extensions, ...rest }) => get(gateway, { ...rest, extensions: JSON.stringify(extensions) })],
      ['SSE', sse],
      ['a websocket', websocket],
    ],
  )('are learned over %s as well', async (_transport, send) => {
    const gateway = await start();
    const extensions = extensionsFor(QUERY);
    expect((await send(gateway, { extensions })).body).toEqual(NOT_FOUND);
    expect((await send(gateway, { query: QUERY, extensions })).body).toEqual(ANSWER);
    expect((await send(gateway, { extensions })).body).toEqual(ANSWER);
  });

  it('are subscriptions too, over multipart', async () => {
    const gateway = await start();
    const query = 'subscription { ticks(count: 1) }';
    const extensions = extensionsFor(query);
    const subscribe = async (body: object) => {
      const headers = { 'content-type': 'application/json', accept: 'multipart/mixed;subscriptionSpec="1.0"' };
      return (await fetch(gateway.url, { method: 'POST', headers, body: JSON.stringify(body) })).text();
    };
    expect(await subscribe({ extensions })).toContain('PersistedQueryNotFound');
    expect(await subscribe({ query, extensions })).toContain('{"payload":{"data":{"ticks":1}}}');
    expect(await subscribe({ extensions })).toContain('{"payload":{"data":{"ticks":1}}}');
  });

  it.each<[string, object, string]>([
    [
      'a hash of something else',
      { query: QUERY, extensions: extensionsFor('{ other }') },
      'extensions.persistedQuery.sha256Hash',
    ],
    [
      'a hash that is none',
      { query: QUERY, extensions: { persistedQuery: { version: 1, sha256Hash: 7 } } },
      'extensions.persistedQuery.sha256Hash',
    ],
    [
      'another version',
      { query: QUERY, extensions: { persistedQuery: { version: 2, sha256Hash: hashOf(QUERY) } } },
      'extensions.persistedQuery.version',
    ],
    ['neither a text nor a hash', { extensions: {} }, 'query'],
    ['extensions that are none', { query: QUERY, extensions: 'x' }, 'extensions'],
  ])('are refused with %s', async (_what, body, field) => {
    const gateway = await start();
    expect(await post(gateway, body)).toEqual({
      status: 400,
      body: { errors: [{ message: expect.any(String), extensions: { code: 'BAD_USER_INPUT', field } }] },
    });
    expect((await post(gateway, { extensions: extensionsFor(QUERY) })).body).toEqual(NOT_FOUND);
  });

  it('are held against the limits when they are found, and never learned beyond them', async () => {
    const redis = testRedis();
    const generous = await start(redis);
    const strict = await start(redis, { MAX_FIELDS: '1' });
    const large = '{ a: paymentCount b: paymentCount }';
    const extensions = extensionsFor(large);
    expect((await post(strict, { query: large, extensions })).status).toBe(400);
    expect((await post(generous, { extensions })).body).toEqual(NOT_FOUND);
    expect((await post(generous, { query: large, extensions })).status).toBe(200);
    expect(await post(strict, { extensions })).toMatchObject({
      status: 400,
      body: { errors: [{ extensions: { field: 'query' } }] },
    });
  });

  it('run no mutation by GET', async () => {
    const gateway = await start();
    const mutation = 'mutation { placeOrder { id } }';
    const extensions = extensionsFor(mutation);
    expect((await post(gateway, { query: mutation, extensions })).status).toBe(200);
    shop.orders.requests.length = 0;
    expect((await get(gateway, { extensions: JSON.stringify(extensions) })).status).toBe(405);
    expect(shop.orders.requests).toEqual([]);
  });

  it('run, but are not kept, where their text is longer than any that is written for a client', async () => {
    const redis = testRedis();
    const gateway = await start(redis);
    const send = async (query: string) => {
      expect(await post(gateway, { query, extensions: extensionsFor(query) })).toEqual({ status: 200, body: ANSWER });
      return (await post(gateway, { extensions: extensionsFor(query) })).body;
    };
    expect(await send(`${QUERY}#`.padEnd(10_000, 'x'))).toEqual(ANSWER);
    expect(await send(`${QUERY}#`.padEnd(10_001, 'x'))).toEqual(NOT_FOUND);
    const client = new Redis(redis.url);
    expect(await client.keys(`${redis.namespace}*`)).toHaveLength(1);
    client.disconnect();
  });

  it('are known to all gateways, for an hour after the last use', async () => {
    const redis = testRedis();
    const [here, there, elsewhere] = [await start(redis), await start(redis), await start(testRedis())];
    const extensions = extensionsFor(QUERY);
    const client = new Redis(redis.url);
    const secondsLeft = async () => {
      const keys = await client.keys(`${redis.namespace}*`);
      expect(keys).toHaveLength(1);
      const left = await client.ttl(keys[0] ?? '');
      expect([left > 3_500, left <= 3_600]).toEqual([true, true]);
      await client.expire(keys[0] ?? '', 60);
    };
    await post(here, { query: QUERY, extensions });
    await secondsLeft();
    expect((await post(there, { extensions })).body).toEqual(ANSWER);
    await secondsLeft();
    expect((await post(elsewhere, { extensions })).body).toEqual(NOT_FOUND);
    client.disconnect();
  });

  it('go on in memory while Redis is away', async () => {
    const redis = testRedis();
    const proxy = await tcpProxy(redis.url);
    const gateway = await start({ ...redis, url: `redis://${proxy.host}` });
    const extensions = extensionsFor(QUERY);
    await proxy.close();
    expect((await post(gateway, { extensions })).body).toEqual(NOT_FOUND);
    expect((await post(gateway, { query: QUERY, extensions })).body).toEqual(ANSWER);
    expect((await post(gateway, { extensions })).body).toEqual(ANSWER);
    await proxy.open();
    const other = 'query Other { paymentCount }';
    const elsewhere = await start(redis);
    await eventually(async () => {
      await post(gateway, { query: other, extensions: extensionsFor(other) });
      expect((await post(elsewhere, { extensions: extensionsFor(other) })).body).toEqual(ANSWER);
    });
    await proxy.close();
  });
});
