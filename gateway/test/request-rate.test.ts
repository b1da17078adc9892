import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { Redis } from 'ioredis';
import { WebSocket } from 'ws';
import { eventually } from '../../tests/support/eventually.js';
import { TestAuth } from '../../tests/support/test-auth.js';
import { testRedis } from '../../tests/support/test-redis.js';
import { readGatewayConfig } from '../src/config.js';
import { FakeServices } from './support/fake-services.js';
import { FakeShop } from './support/fake-shop.js';
import { TestGateway } from './support/test-gateway.js';

const SENTENCE = 'too many requests, please try again later';
const REFUSED = { errors: [{ message: SENTENCE, extensions: { code: 'RATE_LIMITED' } }] };
const MOST = 3;

/** What is counted in Redis for each client. */
async function countedIn({ url, namespace }: { url: string; namespace: string }): Promise<readonly (string | null)[]> {
  const redis = new Redis(url);
  try {
    const keys = await redis.keys(`${namespace}rate:requests:*`);
    return keys.length > 0 ? await redis.mget(keys) : [];
  } finally {
    redis.disconnect();
  }
}

describe('clients that ask too often', () => {
  let auth: TestAuth;
  let shop: FakeShop;
  const gateways: TestGateway[] = [];
  beforeAll(async () => {
    auth = await TestAuth.start();
    shop = await new FakeShop().start();
  });
  afterEach(async () => {
    for (const gateway of gateways.splice(0)) await gateway.stop();
  });
  afterAll(async () => {
    await shop.stop();
    await auth.stop();
  });
  const start = async (redis?: { url: string; namespace: string }, settings: Record<string, string> = {}) => {
    const gateway = await TestGateway.start(
      shop.compose(),
      {
        AUTH_JWKS_URL: auth.jwksUrl,
        RATE_LIMIT_PER_MINUTE: String(MOST),
        TRUSTED_PROXIES: '127.0.0.1',
        ...settings,
      },
      redis,
    );
    gateways.push(gateway);
    return gateway;
  };
  interface From {
    readonly address?: string;
    readonly authorization?: string;
  }
  const headersOf = ({ address = '192.0.2.1', authorization }: From) => ({
    'content-type': 'application/json',
    'x-forwarded-for': address,
    ...(authorization && { authorization }),
  });
  const ask = (gateway: TestGateway, from: From, path = '/graphql') =>
    fetch(gateway.origin + path, { method: 'POST', headers: headersOf(from), body: '{"query":"{ paymentCount }"}' });
  const statuses = async (gateway: TestGateway, times: number, from: From, path?: string) => {
    const seen = [];
    for (let n = 0; n < times; n += 1) {
      const response = await ask(gateway, from, path);
      seen.push(response.status);
      await response.text();
    }
    return seen;
  };
  const bearer = (userId: number) => `Bearer ${auth.token({ userId })}`;

  it('are refused for the rest of a minute, and told when to come again', async () => {
    const gateway = await start();
    expect(await statuses(gateway, MOST, {})).toEqual([200, 200, 200]);
    const refused = await ask(gateway, {});
    expect([refused.status, await refused.json()]).toEqual([429, REFUSED]);
    const retryAfter = Number(refused.headers.get('retry-after'));
    expect([retryAfter > 50, retryAfter <= 60]).toEqual([true, true]);
  });

  it('are users wherever they are, and addresses where nobody signs in', async () => {
    const gateway = await start();
    const authorization = bearer(7);
    expect(await statuses(gateway, 2, { authorization })).toEqual([200, 200]);
    // Signed in anew, from somewhere else.
    const again = { authorization: bearer(7), address: '192.0.2.2' };
    expect(await statuses(gateway, 2, again)).toEqual([200, 429]);
    expect(await statuses(gateway, 1, { authorization: bearer(8) })).toEqual([200]);
    expect(await statuses(gateway, 4, {})).toEqual([200, 200, 200, 429]);
    const [one, another, elsewhere] = ['2001:db8::1', '2001:db8::2', '2001:db8:0:1::1'];
    expect(await statuses(gateway, 2, { address: one })).toEqual([200, 200]);
    expect(await statuses(gateway, 2, { address: another })).toEqual([200, 429]);
    expect(await statuses(gateway, 1, { address: elsewhere })).toEqual([200]);
  });

  it('are counted over every transport together', async () => {
    const gateway = await start();
    const from = { authorization: bearer(7) };
    expect(await statuses(gateway, 1, from)).toEqual([200]);
    expect(await statuses(gateway, 1, from, '/graphql/stream')).toEqual([200]);
    const socket = new WebSocket(gateway.websocketUrl, 'graphql-transport-ws');
    await once(socket, 'open');
    const messages: unknown[] = [];
    socket.on('message', (data) => messages.push(JSON.parse(String(data))));
    socket.send(JSON.stringify({ type: 'connection_init', payload: from }));
    const run = (id: string) =>
      socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query: '{ paymentCount }' } }));
    await eventually(() => expect(messages).toHaveLength(1));
    run('1');
    await eventually(() => expect(messages).toContainEqual({ id: '1', type: 'complete' }));
    run('2');
    await eventually(() => expect(messages).toContainEqual({ id: '2', type: 'error', payload: REFUSED.errors }));
    expect(socket.readyState).toBe(socket.OPEN);
    socket.terminate();
    expect(await statuses(gateway, 1, from, '/graphql/stream')).toEqual([429]);
  });

  it('with bad tokens are addresses, whatever they make up', async () => {
    const gateway = await start();
    for (const [n, status] of [401, 401, 401, 429, 429].entries())
      expect(await statuses(gateway, 1, { authorization: `Bearer a.${n}.c` })).toEqual([status]);
    for (const [n, authorization] of ['Bearer a.b.c', { toString: 1 }].entries()) {
      const elsewhere = { address: `192.0.2.${n + 9}` };
      expect(await statuses(gateway, MOST - 1, elsewhere)).toEqual([200, 200]);
      const socket = new WebSocket(gateway.websocketUrl, 'graphql-transport-ws', { headers: headersOf(elsewhere) });
      await once(socket, 'open');
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } }));
      expect(await once(socket, 'close')).toEqual([4429, Buffer.from(SENTENCE)]);
    }
    expect(await statuses(gateway, 1, { authorization: bearer(7) })).toEqual([200]);
  });

  it('are counted where they open websockets, by the address', async () => {
    const gateway = await start();
    const open = (from: From) =>
      new WebSocket(gateway.websocketUrl, 'graphql-transport-ws', { headers: headersOf(from) });
    const sockets = Array.from({ length: MOST }, () => open({ authorization: bearer(7) }));
    for (const socket of sockets) await once(socket, 'open');
    const [, refused] = (await once(open({}), 'unexpected-response')) as [unknown, IncomingMessage];
    expect([refused.statusCode, await json(refused)]).toEqual([429, { error: SENTENCE }]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(await statuses(gateway, 1, {})).toEqual([429]);
    const elsewhere = open({ address: '192.0.2.2' });
    await once(elsewhere, 'open');
    for (const socket of [...sockets, elsewhere]) socket.terminate();
  });

  it('are as many requests as a mutation has fields', async () => {
    const gateway = await start(undefined, { RATE_LIMIT_PER_MINUTE: '10' });
    const mutation = (count: number) =>
      `mutation { ${Array.from({ length: count }, (_, n) => `a${n}: placeOrder { id }`).join(' ')} }`;
    const send = async (query: string) => {
      const body = JSON.stringify({ query });
      const response = await fetch(`${gateway.origin}/graphql`, { method: 'POST', headers: headersOf({}), body });
      return [response.status, await response.json()];
    };
    expect(await send(mutation(6))).toEqual([200, { data: expect.objectContaining({ a5: { id: '1' } }) }]);
    expect(await send('{ a: paymentCount b: paymentCount c: paymentCount }')).toEqual([
      200,
      { data: expect.objectContaining({ c: expect.anything() }) },
    ]);
    expect(await send(mutation(4))).toEqual([429, REFUSED]);
    expect(await statuses(gateway, 1, {})).toEqual([429]);
  });

  it('are as many over streams, too', async () => {
    const gateway = await start(undefined, { RATE_LIMIT_PER_MINUTE: '4' });
    const query = 'mutation { a: placeOrder { id } b: placeOrder { id } c: placeOrder { id } }';
    const send = async () => {
      const body = JSON.stringify({ query });
      const path = `${gateway.origin}/graphql/stream`;
      return (await fetch(path, { method: 'POST', headers: headersOf({}), body })).text();
    };
    expect(await send()).toContain('"c":{"id":"1"}');
    const again = await send();
    expect(again).toContain('RATE_LIMITED');
    expect(again).not.toContain('"data"');
  });

  it('are together ten times as many as one when they are users behind one address', async () => {
    const gateway = await start(undefined, { RATE_LIMIT_PER_MINUTE: '1' });
    for (let userId = 1; userId <= 10; userId += 1)
      expect(await statuses(gateway, 2, { authorization: bearer(userId) })).toEqual([200, 429]);
    expect(await statuses(gateway, 1, { authorization: bearer(11) })).toEqual([429]);
    expect(await statuses(gateway, 1, { authorization: bearer(12), address: '192.0.2.2' })).toEqual([200]);
  });

  it('may look at pages, health and metrics all the same', async () => {
    const gateway = await start();
    await statuses(gateway, MOST + 1, {});
    for (const path of ['/healthz', '/readyz', '/metrics', '/docs', '/graphiql', '/', '/graphql'])
      for (let n = 0; n < 2; n += 1) {
        const response = await fetch(gateway.origin + path, { headers: { ...headersOf({}), accept: 'text/html' } });
        await response.text();
        expect([path, response.status]).toEqual([path, 200]);
      }
  });

  it('are counted for all gateways in Redis, and by each alone where there is none', async () => {
    const redis = testRedis();
    const [here, there, alone] = [await start(redis), await start(redis), await start()];
    expect(await statuses(here, 2, {})).toEqual([200, 200]);
    // Each tells the others what it has counted a moment later.
    await eventually(async () => expect(await countedIn(redis)).toEqual(['2']));
    expect(await statuses(there, 2, {})).toEqual([200, 429]);
    await eventually(async () => expect(await statuses(here, 1, {})).toEqual([429]));
    expect(await statuses(alone, MOST, {})).toEqual([200, 200, 200]);
  });

  it('are never too often at 0', async () => {
    const gateway = await start(undefined, { RATE_LIMIT_PER_MINUTE: '0' });
    expect(await statuses(gateway, 10, {})).toEqual(Array.from({ length: 10 }, () => 200));
  });

  it.each([
    ['production', 600],
    ['development', 0],
    ['test', 0],
  ])('may ask as often in %s as %i a minute unless told', (NODE_ENV, most) => {
    expect(readGatewayConfig({ NODE_ENV }).requestsPerMinute).toBe(most);
    expect(readGatewayConfig({ NODE_ENV, RATE_LIMIT_PER_MINUTE: '7' }).requestsPerMinute).toBe(7);
  });

  it('are counted at the REST routes too, where a bad token is for the service to refuse', async () => {
    const services = await FakeServices.start({
      AUTH_JWKS_URL: auth.jwksUrl,
      RATE_LIMIT_PER_MINUTE: String(MOST),
      TRUSTED_PROXIES: '127.0.0.1',
    });
    services.answer(() => (_request, response) => response.setHeader('content-type', 'application/json').end('[]'));
    const get = async (from: From) => {
      const { 'content-type': _, ...headers } = headersOf(from);
      const response = await fetch(`${services.origin}/products`, { headers });
      return { status: response.status, body: await response.json(), retryAfter: response.headers.get('retry-after') };
    };
    const from = { authorization: bearer(7) };
    for (let n = 0; n < MOST; n += 1) expect((await get(from)).status).toBe(200);
    expect(await get(from)).toEqual({
      status: 429,
      body: { error: SENTENCE },
      retryAfter: expect.stringMatching(/^\d+$/),
    });
    for (let n = 0; n < MOST; n += 1) expect((await get({ authorization: 'Bearer a.b.c' })).status).toBe(200);
    expect((await get({ authorization: 'Bearer d.e.f' })).status).toBe(429);
    expect((await get({})).status).toBe(429);
    // The pages about them ask every service.
    for (const path of ['/swagger/json', '/swagger/index.html', '/swagger/static/swagger-ui.css'])
      expect([path, (await fetch(services.origin + path, { headers: headersOf({}) })).status]).toEqual([path, 429]);
    await services.stop();
  });
});
