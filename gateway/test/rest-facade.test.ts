import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeShop } from './support/fake-shop.js';
import { FakeSubgraph } from './support/fake-subgraph.js';
import { TestGateway } from './support/test-gateway.js';

const sdl = (name: string) => `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { ${name}: Int } ${name === 'orders' ? 'type Mutation { placeOrder: Int! }' : ''}`;

/** What reached a service. */
interface Arrived {
  service: string;
  method: string | undefined;
  url: string | undefined;
  body: string;
}

describe('the REST contract through the gateway', () => {
  const services = ['auth', 'products', 'cart', 'orders', 'payments'].map(
    (name) => new FakeSubgraph(name, sdl(name), {}),
  );
  const cart = services[2] as FakeSubgraph;
  let arrived: Arrived[];
  let gateway: TestGateway;

  beforeAll(async () => {
    await Promise.all(services.map((service) => service.start()));
    const composed = FakeShop.prototype.compose.call({ subgraphs: services } as unknown as FakeShop);
    gateway = await TestGateway.start(composed, { SUBGRAPH_TIMEOUT_MS: '400' });
  });
  beforeEach(() => {
    arrived = [];
    for (const service of services) {
      service.override = (request, response) => {
        void text(request).then((body) => {
          arrived.push({ service: service.name, method: request.method, url: request.url, body });
          response
            .writeHead(418, { 'content-type': 'application/json', 'x-total-count': '7' })
            .end(JSON.stringify(request.headers));
        });
      };
    }
  });
  afterAll(async () => {
    await gateway.stop();
    await Promise.all(services.map((service) => service.stop()));
  });
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

  it('says when a service is slow, breaks off, or is away', async () => {
    cart.override = () => undefined;
    const slow = await send('GET', '/cart');
    expect([slow.status, await slow.json()]).toEqual([504, { error: 'cart service did not answer in time' }]);
    cart.override = (request) => request.socket.destroy();
    const broken = await send('GET', '/cart');
    expect([broken.status, await broken.json()]).toEqual([502, { error: 'cart service broke off its answer' }]);
    await cart.stop();
    const away = await send('GET', '/cart');
    expect([away.status, await away.json()]).toEqual([503, { error: 'cart service unavailable' }]);
    cart.override = (_request, response) => response.writeHead(204).end();
    await cart.start();
    expect((await send('GET', '/cart')).status).toBe(204);
  });
});
