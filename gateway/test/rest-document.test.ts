import { FakeServices } from './support/fake-services.js';

describe('the document of all that is forwarded', () => {
  let services: FakeServices;
  beforeAll(async () => (services = await FakeServices.start({ SUBGRAPH_TIMEOUT_MS: '2000' })));
  afterAll(() => services.stop());

  const item = { $ref: '#/components/schemas/Item' };
  const answer = (schema: object) => ({ description: 'It', content: { 'application/json': { schema } } });
  const documents: Readonly<Record<string, object>> = {
    orders: {
      paths: {
        '/orders': { post: { responses: { 201: answer(item), 503: { ...answer({}), description: 'No cart' } } } },
        '/orders/search': { get: { responses: { 200: answer(item) } } },
        '/orders/{id}': { get: { responses: { 200: answer(item) } }, delete: { responses: {} } },
        '/internal': { get: { responses: {} } },
      },
      components: { schemas: { Item: { title: 'of an order' } }, securitySchemes: { bearer: { type: 'http' } } },
    },
    cart: {
      paths: { '/cart/{id}': { put: { responses: { 200: answer(item) } } }, '/cart/checkout': { post: {} } },
      components: { schemas: { Item: { title: 'of a cart' } }, securitySchemes: { bearer: { type: 'http' } } },
    },
  };
  beforeEach(() =>
    services.answer(({ name }) => ({ url }, response) => {
      const document = documents[name] ?? { paths: {} };
      response.writeHead(url === '/swagger/json' ? 200 : 404).end(JSON.stringify(document));
    }),
  );
  const get = (path: string) => fetch(services.origin + path);
  interface Merged {
    openapi: string;
    paths: Record<string, Record<string, { responses: Record<string, { description: string; content: object }> }>>;
    components: Record<string, object>;
  }
  const merged = async () => (await (await get('/swagger/json')).json()) as Merged;

  it('has what is forwarded of each service, and nothing else', async () => {
    const { openapi, paths } = await merged();
    expect(openapi).toBe('3.1.0');
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((one) => `${one} ${path}`),
    );
    expect(routes.toSorted()).toEqual(['get /orders/search', 'get /orders/{id}', 'post /orders', 'put /cart/{id}']);
  });

  it('says what the gateway answers when a service does not', async () => {
    const { paths } = await merged();
    const put = paths['/cart/{id}']?.['put']?.responses;
    expect(Object.keys(put ?? {})).toEqual(['200', '429', '502', '503', '504']);
    expect(put?.['504']?.description).toContain('did not answer in time');
    expect(put?.['504']?.content).toMatchObject({
      'application/json': { schema: { properties: { error: { description: 'One clear sentence' } } } },
    });
    expect(paths['/orders']?.['post']?.responses['503']?.description).toBe('No cart; or: The service is unavailable');
  });

  it('keeps apart what two services call by the same name', async () => {
    const { paths, components } = await merged();
    expect(components).toEqual({
      schemas: { 'cart.Item': { title: 'of a cart' }, 'orders.Item': { title: 'of an order' } },
      securitySchemes: { bearer: { type: 'http' } },
    });
    expect(JSON.stringify(paths['/cart/{id}'])).toContain('#/components/schemas/cart.Item');
  });

  it('is there as YAML too, and in Swagger UI, whose page loads nothing from elsewhere', async () => {
    expect(await (await get('/swagger/yaml')).text()).toMatch(/^openapi: 3\.1\.0$/m);
    const page = await get('/swagger/index.html');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    const parts = [...(await page.text()).matchAll(/(?:href|src)="\.([^"]+)"/g)].map(([, path]) => `/swagger${path}`);
    expect(parts).toHaveLength(4);
    for (const part of parts) expect([part, (await get(part)).status]).toEqual([part, 200]);
    for (const other of ['index.html', '..%2fpackage.json', '__proto__'])
      expect((await get(`/swagger/static/${other}`)).status).toBe(404);
  });

  it('can not be had while a service is away', async () => {
    const others = await FakeServices.start({ SUBGRAPH_TIMEOUT_MS: '2000' });
    others.answer(() => (_request, response) => response.end('{"paths":{}}'));
    await others.service('cart').stop();
    const answer = await fetch(`${others.origin}/swagger/json`);
    expect([answer.status, await answer.json()]).toEqual([503, { error: 'cart service unavailable' }]);
    await others.service('cart').start();
    expect((await fetch(`${others.origin}/swagger/json`)).status).toBe(200);
    await others.stop();
  });

  it('is asked of the services once for all who want it at about the same time', async () => {
    const others = await FakeServices.start();
    const asked: string[] = [];
    others.answer(({ name }) => ({ url }, response) => {
      if (url === '/swagger/json') asked.push(name);
      response.end('{"paths":{}}');
    });
    const all = async () => {
      const kinds = ['json', 'yaml', 'json', 'yaml'];
      return Promise.all(kinds.map(async (kind) => (await fetch(`${others.origin}/swagger/${kind}`)).status));
    };
    expect([await all(), await all()]).toEqual([200, 200].map(() => [200, 200, 200, 200]));
    expect(asked.toSorted()).toEqual([...new Set(asked)].toSorted());
    expect(asked).toContain('cart');
    await others.stop();
  });
});
