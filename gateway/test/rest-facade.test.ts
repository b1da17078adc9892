import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { gatewaySecretFor } from '@shop/shared/auth/gateway-secret';
import { SubgraphAccess } from '@shop/shared/http/behind-gateway';
import { request } from 'undici';
import { FakeServices } from './support/fake-services.js';
import type { FakeSubgraph } from './support/fake-subgraph.js';

/** What reached a service. */
interface Arrived {
  service: string;
  method: string | undefined;
  url: string | undefined;
  body: string;
}

describe('the REST contract through the gateway', () => {
  let services: FakeServices;
  let gateway: Pick<FakeServices, 'origin'>;
  let cart: FakeSubgraph;
  let arrived: Arrived[];

  beforeAll(async () => {
    gateway = services = await FakeServices.start({
      SUBGRAPH_TIMEOUT_MS: '400',
      GATEWAY_SECRET: 'a secret of the gateway',
    });
    cart = services.service('cart');
  });
  beforeEach(() => {
    arrived = [];
    services.answer(({ name }) => (request, response) => {
      const answer = (body: string) => {
        arrived.push({ service: name, method: request.method, url: request.url, body });
        response
          .writeHead(418, { 'content-type': 'application/json', 'x-total-count': '7' })
          .end(JSON.stringify(request.headers));
      };
      text(request).then(answer, () => response.destroy());
    });
  });
  afterAll(() => services.stop());
  const send = (method: string, path: string, body?: string) =>
    fetch(gateway.origin + path, {
      method,
      headers: {
        authorization: 'Bearer x',
        'x-forwarded-for': '6.6.6.6',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body }),
    });

  /** As it is written: fetch resolves dots itself. */
  const rawGet = (path: string) => {
    const { port, host } = new URL(gateway.origin);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    return text(socket);
  };

  it.each<[string, string, string]>([
    ['POST', '/auth/login', 'auth'],
    ['GET', '/api/profile', 'auth'],
    ['GET', '/products?limit=2&offset=4', 'products'],
    ['PUT', '/products/7', 'products'],
    ['POST', '/cart', 'cart'],
    ['DELETE', '/cart', 'cart'],
    ['DELETE', '/cart/3', 'cart'],
    ['GET', '/orders/search?id=3', 'orders'],
    ['PUT', '/orders/3/status', 'orders'],
    ['GET', '/payments/0b0e', 'payments'],
  ])('%s %s goes to %s and its answer comes back', async (method, path, service) => {
    const body = method === 'POST' || method === 'PUT' ? '{"any": ["thing"]}' : undefined;
    const response = await send(method, path, body);
    expect(response.status).toBe(418);
    expect(response.headers.get('x-total-count')).toBe('7');
    expect(await response.json()).toMatchObject({ authorization: 'Bearer x', 'x-forwarded-for': '127.0.0.1' });
    expect(arrived).toEqual([{ service, method, url: path, body: body ?? '' }]);
  });

  it.each<[string, string]>([
    ['POST', '/cart/checkout'],
    ['POST', '/cart/%63heckout'],
    ['POST', '/cart//checkout'],
    ['POST', '/cart/checkout/'],
    ['POST', '/ingest'],
    ['GET', '/.well-known/jwks.json'],
    ['DELETE', '/orders/1'],
  ])('%s %s is not forwarded', async (method, path) => {
    const response = await send(method, path, method === 'POST' ? '{}' : undefined);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: 'not found' });
    expect(arrived).toEqual([]);
  });

  it('passes on who asked and why, and tells the service itself where that came from', async () => {
    const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
    const sent = {
      ...{ 'idempotency-key': 'k 1', 'if-match': '"7"', 'x-request-id': 'abc-1', traceparent },
      ...{ forwarded: 'for=6.6.6.6', 'x-real-ip': '6.6.6.6', 'x-forwarded-for': '6.6.6.6' },
      ...{ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example', 'x-forwarded-prefix': '/evil' },
    };
    const answer = await fetch(`${gateway.origin}/orders`, { headers: sent });
    expect(answer.headers.get('x-request-id')).toBe('abc-1');
    const got = (await answer.json()) as Record<string, string>;
    expect(got).toMatchObject({ 'idempotency-key': 'k 1', 'if-match': '"7"', 'x-request-id': 'abc-1', traceparent });
    expect(Object.entries(got).filter(([name]) => /forwarded|real-ip/.test(name))).toEqual([
      ['x-forwarded-for', '127.0.0.1'],
      ['x-forwarded-host', new URL(gateway.origin).host],
      ['x-forwarded-proto', 'http'],
    ]);
  });

  it('proves itself to each service, whatever a client says', async () => {
    const own = (service: string) =>
      new SubgraphAccess(service, { GATEWAY_SECRET: gatewaySecretFor(service, 'a secret of the gateway') });
    for (const [service, path] of [
      ['auth', '/api/profile'],
      ['orders', '/orders'],
    ] as const) {
      const answer = await fetch(gateway.origin + path, { headers: { 'x-gateway-identity': 'of the client' } });
      expect(own(service).admits({ headers: (await answer.json()) as Record<string, string> })).toBe(true);
    }
  });

  it('begins a trace and gives an id where none came, or none that is one', async () => {
    const headers = { 'x-request-id': 'no id at all', traceparent: 'nonsense' };
    const got = (await (await fetch(`${gateway.origin}/orders`, { headers })).json()) as Record<string, string>;
    expect(got['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(got['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });

  it('forwards a request that is about its connection, too', async () => {
    const raw = (headers: string) =>
      `PUT /orders/3/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n${headers}\r\n\r\n`;
    for (const [headers, body] of [
      ['Expect: 100-continue\r\nContent-Length: 2', '{}'],
      ['Keep-Alive: 5\r\nTE: trailers\r\nTransfer-Encoding: chunked', '2\r\n{}\r\n0\r\n\r\n'],
      ['Upgrade: h2c\r\nContent-Length: 2', '{}'],
    ] as const) {
      const socket = connect(Number(new URL(gateway.origin).port), '127.0.0.1');
      socket.write(raw(headers) + body);
      expect(await text(socket)).toContain('HTTP/1.1 418');
      expect(arrived.pop()?.body).toBe('{}');
    }
  });

  it('refuses a body that the services would refuse, also one that says no size', async () => {
    for (const body of ['x'.repeat(1_100_000), Readable.from([Buffer.alloc(700_000), Buffer.alloc(700_000)])]) {
      const response = await request(`${gateway.origin}/cart`, { method: 'POST', body });
      expect([response.statusCode, await response.body.json()]).toEqual([413, { error: 'the body is too large' }]);
    }
  });

  it('takes no notice of the body of a GET, as the services do', async () => {
    for (const method of ['GET', 'HEAD']) {
      const socket = connect(Number(new URL(gateway.origin).port), '127.0.0.1');
      socket.write(`${method} /cart HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1100000\r\n\r\n`);
      socket.end('x'.repeat(1_100_000));
      expect(await text(socket)).toContain('HTTP/1.1 418');
    }
    expect(arrived.map(({ body }) => body)).toEqual(['', '']);
  });

  it('keeps to itself what a header says is for one connection alone, on both ways', async () => {
    cart.override = (request, response) =>
      response
        .writeHead(200, { connection: 'X-Hop, keep-alive', 'x-hop': '1', 'x-through': '1' })
        .end(JSON.stringify(request.headers));
    const socket = connect(Number(new URL(gateway.origin).port), '127.0.0.1');
    socket.write('GET /cart HTTP/1.1\r\nHost: x\r\nConnection: close, X-Mine\r\nX-Mine: 1\r\nX-Sent: 1\r\n\r\n');
    const answer = (await text(socket)).toLowerCase();
    expect([answer.includes('x-hop'), answer.includes('x-through: 1')]).toEqual([false, true]);
    expect([answer.includes('x-mine'), answer.includes('"x-sent":"1"')]).toEqual([false, true]);
    cart.override = null;
  });

  it('refuses a request that could be taken for another one, before a service gets it', async () => {
    const refusals = [
      ['GET /cart HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 'there is more than one Host header'],
      [
        'POST /cart HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
        'the transfer encoding is not supported',
      ],
    ] as const;
    for (const [bytes, error] of refusals) {
      const socket = connect(Number(new URL(gateway.origin).port), '127.0.0.1');
      socket.write(bytes);
      const answer = await text(socket);
      expect([answer.split('\r\n')[0], answer.includes(error)]).toEqual(['HTTP/1.1 400 Bad Request', true]);
    }
    expect(arrived).toEqual([]);
  });

  it('passes on a body without a content type as one', async () => {
    const answer = await request(`${gateway.origin}/cart`, { method: 'POST', body: Buffer.from('{}') });
    expect((await answer.body.json()) as object).not.toHaveProperty('content-type');
    expect(arrived.map(({ body }) => body)).toEqual(['{}']);
  });

  it('asks with HEAD as it is asked', async () => {
    expect((await send('HEAD', '/products/7')).headers.get('x-total-count')).toBe('7');
    expect(arrived).toMatchObject([{ method: 'HEAD', url: '/products/7' }]);
  });

  it('leads nowhere else by a step in place of an id: the service is asked for what is no id', async () => {
    for (const id of ['%2e%2e', '%2e', '.', '..', '.%2e', '%5c..', '..%5creadyz', '..%2freadyz'])
      expect(await rawGet(`/products/${id}?x=..`)).toContain('HTTP/1.1 418');
    expect(new Set(arrived.map(({ url }) => url))).toEqual(new Set(['/products/-?x=..']));
  });

  it('takes a whole URL for its path', async () => {
    for (const target of ['http://shop.example:81/products/7?x=y', 'HTTPS://shop.example/products/7?x=y'])
      expect(await rawGet(target)).toContain('HTTP/1.1 418');
    expect(arrived.map(({ url }) => url)).toEqual(['/products/7?x=y', '/products/7?x=y']);
  });

  it('lets a browser of an allowed origin write, and read the headers of the contract', async () => {
    const origin = 'https://studio.apollographql.com';
    const preflight = await fetch(`${gateway.origin}/cart/3`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization' },
    });
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT');
    const read = await fetch(`${gateway.origin}/products`, { headers: { origin } });
    expect(read.headers.get('access-control-expose-headers')).toBe('ETag, Retry-After, X-Cache, X-Total-Count');
    expect((await fetch(`${gateway.origin}/products`, { method: 'OPTIONS' })).status).toBe(204);
  });

  it('says when a service is slow, breaks off, or is away', async () => {
    cart.override = () => undefined;
    const slow = await send('GET', '/cart');
    expect([slow.status, await slow.json()]).toEqual([504, { error: 'cart service did not answer in time' }]);
    cart.override = (request) => request.socket.destroy();
    const broken = await send('GET', '/cart');
    expect([broken.status, await broken.json()]).toEqual([502, { error: 'cart service broke off its answer' }]);
    cart.override = (request) => request.socket.end('nonsense\r\n\r\n');
    const garbled = await send('GET', '/cart');
    expect([garbled.status, await garbled.json()]).toEqual([502, { error: 'cart service broke off its answer' }]);
    await cart.stop();
    const away = await send('GET', '/cart');
    expect([away.status, await away.json()]).toEqual([503, { error: 'cart service unavailable' }]);
    cart.override = (_request, response) => response.writeHead(204).end();
    await cart.start();
    expect((await send('GET', '/cart')).status).toBe(204);
  });
});

describe('behind a proxy that is trusted', () => {
  let services: FakeServices;
  beforeAll(async () => {
    services = await FakeServices.start({ TRUSTED_PROXIES: '127.0.0.1' });
    services.answer(() => (request, response) => void response.end(JSON.stringify(request.headers)));
  });
  afterAll(() => services.stop());

  it('says who the client is as that proxy saw it, and adds the proxy', async () => {
    const headers = {
      ...{ 'x-forwarded-for': '6.6.6.6, 8.8.8.8', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'shop.example' },
      'x-gateway-identity': 'forged',
    };
    const got = (await (await fetch(`${services.origin}/orders`, { headers })).json()) as Record<string, string>;
    expect(Object.entries(got).filter(([name]) => /forwarded|gateway/.test(name))).toEqual([
      ['x-forwarded-for', '8.8.8.8, 127.0.0.1'],
      ['x-forwarded-host', 'shop.example'],
      ['x-forwarded-proto', 'https'],
    ]);
  });
});
