import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from 'graphql-sse';
import { eventually } from '../../tests/support/eventually.js';
import { FakeServices } from './support/fake-services.js';
import { FakeShop } from './support/fake-shop.js';
import { FakeSubgraph } from './support/fake-subgraph.js';
import { TestGateway } from './support/test-gateway.js';

describe('in front of a supergraph that is not the shop’s', () => {
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
  const get = (path: string, headers: Record<string, string> = {}) => fetch(gateway.origin + path, { headers });

  it('is ready once its schema is loaded, whatever its services say', async () => {
    shop.payments.readyStatus = 404;
    const response = await get('/readyz');
    expect(response.status).toBe(200);
    await eventually(async () =>
      expect(await (await get('/readyz')).json()).toEqual({
        status: 'ready',
        services: { orders: 'ready', products: 'ready', payments: 'answers' },
      }),
    );
    expect((await get('/healthz')).status).toBe(200);
  });

  it('passes tokens on as they are, for the subgraphs to judge, also over their websockets', async () => {
    const authorization = 'Token 17';
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: '{"query":"{ whoAmI }"}',
    });
    expect(await response.json()).toEqual({ data: { whoAmI: authorization } });
    const client = createClient({ url: `${gateway.url}/stream`, headers: { authorization } });
    const ticks = [];
    for await (const tick of client.iterate({ query: 'subscription { ticks(count: 2) }' })) ticks.push(tick);
    expect(ticks).toEqual([{ data: { ticks: 1 } }, { data: { ticks: 2 } }]);
    expect(shop.orders.connections.at(-1)).toEqual({ authorization });
  });

  it('leads a browser to Sandbox', async () => {
    const page = await get('/', { accept: 'text/html,application/xhtml+xml' });
    expect(page.url).toBe(gateway.url);
    expect(await page.text()).toContain('EmbeddedSandbox');
    expect(page.headers.get('content-security-policy')).toContain('frame-src https://sandbox.embed.apollographql.com');
    expect(await (await get('/')).json()).toMatchObject({ graphql: '/graphql' });
  });

  it('serves GraphiQL as one page that loads nothing else, and subscribes where headers can be sent', async () => {
    const response = await get('/graphiql', { accept: 'text/html' });
    const page = await response.text();
    expect(page).toContain('"endpoint":"/graphql","subscriptionsProtocol":"GRAPHQL_SSE"');
    expect(page).not.toMatch(/<(script|link|img)[^>]+(src|href)="(https?:)?\/\//);
    expect(response.headers.get('content-security-policy')).toMatch(/script-src 'sha256-[^']+' blob:;/);
  });

  it('names its services at /docs, and links no Swagger UI of theirs', async () => {
    const page = await (await get('/docs', { accept: 'text/html' })).text();
    expect(page).toContain('<td>orders</td>');
    expect(page).not.toContain('swagger/index.html');
  });

  it.each(['/graphql', '/graphql/stream'])(
    'lets GraphiQL subscribe by GET %s with an Authorization header',
    async (path) => {
      const headers = { accept: 'text/event-stream', authorization: 'Bearer x' };
      const query = encodeURIComponent('subscription ($count: Int!) { ticks(count: $count) }');
      const response = await get(`${path}?query=${query}&variables=${encodeURIComponent('{"count":1}')}`, headers);
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      expect(await response.text()).toBe(':\n\nevent: next\ndata: {"data":{"ticks":1}}\n\nevent: complete\ndata: \n\n');
      expect((await get(`${path}?query=mutation{placeOrder{id}}`, headers)).status).toBe(405);
      expect((await get(path, headers)).status).toBe(400);
    },
  );

  it('can be asked from Apollo’s studio in development, and from nowhere else', async () => {
    const allowed = async (origin: string) =>
      (await get('/healthz', { origin })).headers.get('access-control-allow-origin');
    expect(await allowed('https://studio.apollographql.com')).toBe('https://studio.apollographql.com');
    expect(await allowed('https://elsewhere.example')).toBeNull();
  });

  it('tells a browser to stay with HTTPS when it came by that, as a trusted proxy says', async () => {
    const behind = await TestGateway.start(shop.compose(), { TRUSTED_PROXIES: '127.0.0.1' });
    const told = async (origin: string) =>
      (await fetch(`${origin}/healthz`, { headers: { 'x-forwarded-proto': 'https' } })).headers.get(
        'strict-transport-security',
      );
    expect([await told(behind.origin), await told(gateway.origin)]).toEqual(['max-age=31536000', null]);
    await behind.stop();
  });

  it('answers an unknown path with 404', async () => {
    const response = await get('/nowhere');
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: 'not found' });
  });
});

describe('in front of the shop', () => {
  const sdl = (name: string) => `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Query { ${name}: Int } ${name === 'orders' ? 'type Mutation { placeOrder: Int! }' : ''}`;

  it('is ready from when an order could be placed, for as long as it serves', async () => {
    const shop = new FakeShop();
    const names = ['auth', 'products', 'cart', 'orders', 'payments'];
    const services = await Promise.all(names.map((name) => new FakeSubgraph(name, sdl(name), {}).start()));
    const [auth, , , orders, payments] = services as [
      FakeSubgraph,
      FakeSubgraph,
      FakeSubgraph,
      FakeSubgraph,
      FakeSubgraph,
    ];
    payments.readyStatus = 503;
    await orders.stop();
    const gateway = await TestGateway.start(shop.compose.call({ subgraphs: services } as FakeShop));
    const readyz = async () => {
      const response = await fetch(`${gateway.origin}/readyz`);
      return { status: response.status, body: await response.json() };
    };
    expect(await readyz()).toEqual({
      status: 503,
      body: {
        status: 'not ready',
        services: { auth: 'ready', products: 'ready', cart: 'ready', orders: 'away', payments: 'not ready' },
      },
    });
    const docs = await fetch(`${gateway.origin}/docs`);
    const page = await docs.text();
    for (const { name, url } of services)
      expect(page).toContain(`<a href="${new URL(url).origin}/swagger/index.html">${name}</a>`);
    expect(page).toContain('<td>orders</td><td class="away">away</td>');
    expect(docs.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    await orders.start();
    payments.readyStatus = 200;
    await eventually(async () => expect((await readyz()).status).toBe(200));
    await auth.stop();
    await eventually(async () =>
      expect(await readyz()).toMatchObject({ status: 200, body: { services: { auth: 'away' } } }),
    );
    await gateway.stop();
    await Promise.all(services.map((service) => service.stop()));
  });

  it('tells nobody in production where its services are', async () => {
    const services = await FakeServices.start({ NODE_ENV: 'production' });
    const page = await (await fetch(`${services.origin}/docs`)).text();
    expect(page).toContain('<td>orders</td>');
    expect(page).toContain('<a href="/swagger/index.html">');
    for (const { url } of services.all) expect(page).not.toContain(new URL(url).host);
    await services.stop();
  });
});
