import { ProductsService, type Product, World } from './a-products-service.js';

describe('the REST routes of products', () => {
  let world: World;
  let products: ProductsService;
  beforeAll(async () => {
    world = await World.open();
    products = await ProductsService.start(world);
  });
  afterAll(async () => {
    await products.stop();
    await world.close();
  });

  const draft = { name: 'Cà phê phin', price: 45_000, stock: 10 };
  const customer = () => ({ authorization: `Bearer ${products.customerToken}` });

  it('make one product of an object, and an array of an array', async () => {
    const one = await products.call('POST', '/products', { ...draft, unknown: true });
    expect(one.status).toBe(201);
    expect(one.body).toEqual({
      ...draft,
      id: expect.any(Number),
      version: 1,
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      updated_at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    const many = await products.call('POST', '/products', [draft, { ...draft, name: 'Trà' }]);
    expect(many.status).toBe(201);
    expect((many.body as Product[]).map(({ name }) => name)).toEqual(['Cà phê phin', 'Trà']);
  });

  it('make all products or none', async () => {
    const count = async () => Number((await products.call('GET', '/products')).headers.get('x-total-count'));
    const before = await count();
    const refused = await products.call('POST', '/products', [draft, { ...draft, price: 0 }]);
    expect([refused.status, refused.body]).toEqual([
      400,
      { error: 'price must be a whole number from 1 to 9007199254740991' },
    ]);
    expect(await count()).toBe(before);
  });

  it.each([
    [[]],
    [{}],
    ['{'],
    ['"text"'],
    [{ ...draft, name: '' }],
    [{ ...draft, name: 'x'.repeat(201) }],
    [{ ...draft, name: 'a\0b' }],
    [{ ...draft, name: 'bad \ud800 name' }],
    [{ ...draft, price: 2 ** 53 }],
    [{ ...draft, price: 1.5 }],
    [{ ...draft, price: '1' }],
    [{ ...draft, stock: -1 }],
    [{ ...draft, stock: 2 ** 31 }],
    [[draft, null]],
  ])('refuse to make %j, in one sentence', async (body) => {
    const refused = await products.call('POST', '/products', body);
    expect(refused.status).toBe(400);
    expect(refused.body).toEqual({ error: expect.any(String) });
  });

  it('take the largest price', async () => {
    const { id } = await products.product({ price: Number.MAX_SAFE_INTEGER });
    expect((await products.read(id)).price).toBe(9_007_199_254_740_991);
  });

  it('are written by administrators alone', async () => {
    const { id } = await products.product();
    for (const [method, path] of [
      ['POST', '/products'],
      ['PUT', `/products/${id}`],
      ['DELETE', `/products/${id}`],
    ] as const) {
      const nobody = await products.call(method, path, 'nonsense', {});
      expect([nobody.status, nobody.body]).toEqual([401, { error: 'missing authorization header' }]);
      expect((await products.call(method, path, draft, customer())).status).toBe(403);
      const bad = await products.call(method, path, draft, { authorization: 'Bearer x' });
      expect([bad.status, bad.body]).toEqual([401, { error: 'invalid token' }]);
    }
  });

  it('change what is sent, and raise the version', async () => {
    const { id } = await products.product({ name: 'Trà', price: 1_000, stock: 5 });
    const changed = await products.call('PUT', `/products/${id}`, { price: 2_000 });
    expect([changed.status, changed.body]).toEqual([
      200,
      expect.objectContaining({ id, name: 'Trà', price: 2_000, stock: 5, version: 2 }),
    ]);
    expect((await products.call('PUT', `/products/${id}`, {})).body).toMatchObject({ version: 2 });
    expect((await products.call('PUT', `/products/${id}`, { stock: 0 })).body).toMatchObject({ stock: 0, version: 3 });
    expect((await products.call('PUT', '/products/999999', { stock: 0 })).status).toBe(404);
    expect((await products.call('PUT', `/products/${id}`, { price: 0 })).status).toBe(400);
    for (const field of ['name', 'price', 'stock']) {
      const { status, body } = await products.call('PUT', `/products/${id}`, { [field]: null });
      expect([status, body]).toEqual([400, { error: `${field} can't be removed` }]);
    }
  });

  it('change a version that the caller names, or answer 412', async () => {
    const { id } = await products.product();
    const put = (version: string) =>
      products.call(
        'PUT',
        `/products/${id}`,
        { stock: 1 },
        {
          authorization: `Bearer ${products.adminToken}`,
          'if-match': version,
        },
      );
    expect((await put('1')).status).toBe(200);
    expect([(await put('1')).status, (await put('"1"')).status, (await put('W/"1"')).status]).toEqual([412, 412, 412]);
    expect((await put('W/"2"')).status).toBe(200);
    expect((await put('*')).status).toBe(200);
    expect((await put('x')).status).toBe(400);
    for (const other of ['0', '"0"', '9007199254740991', 'W/"9007199254740991"', '"1", "6"', '1,,2'])
      expect([other, (await put(other)).status]).toEqual([other, 412]);
    for (const nonsense of ['9007199254740992', '', ',', '"1', '*, "1"', '01', '-1', '"a"'])
      expect([nonsense, (await put(nonsense)).status]).toEqual([nonsense, 400]);
    expect((await put('"1", W/"4" ,"6"')).body).toMatchObject({ version: 5 });
    const racers = await Promise.all(Array.from({ length: 8 }, () => put('5')));
    expect(racers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 7 }, () => 412)]);
  });

  it('delete a product once', async () => {
    const { id } = await products.product();
    const deleted = await products.call('DELETE', `/products/${id}`);
    expect([deleted.status, deleted.body]).toEqual([204, undefined]);
    expect((await products.call('DELETE', `/products/${id}`)).status).toBe(404);
    expect((await products.call('GET', `/products/${id}`)).status).toBe(404);
    expect((await products.call('PUT', `/products/${id}`, { stock: 1 })).status).toBe(404);
  });

  it.each(['0', '-1', 'abc', '1.5', '9007199254740992'])('answer 400 for the id %s', async (id) => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const { status, body } = await products.call(method, `/products/${id}`, method === 'PUT' ? {} : undefined);
      expect([status, body]).toEqual([400, { error: 'invalid id' }]);
    }
  });

  it('list by limit and offset, and count', async () => {
    await products.call('POST', '/products', [draft, draft, draft]);
    const all = await products.call('GET', '/products?limit=500');
    const total = Number(all.headers.get('x-total-count'));
    expect((all.body as Product[]).length).toBe(total);
    const ids = (all.body as Product[]).map(({ id }) => id);
    const page = await products.call('GET', '/products?limit=2&offset=1');
    expect((page.body as Product[]).map(({ id }) => id)).toEqual(ids.slice(1, 3));
    expect(page.headers.get('x-total-count')).toBe(String(total));
    expect((await products.call('GET', '/products?limit=x')).status).toBe(400);
    expect((await products.call('GET', `/products?offset=${total}`)).body).toEqual([]);
  });

  it('answer 304 to a client that has it already', async () => {
    const { id } = await products.product();
    for (const path of [`/products/${id}`, '/products']) {
      const first = await products.call('GET', path);
      const tag = first.headers.get('etag') ?? '';
      expect(tag).toMatch(/^W\/"/);
      const again = await products.call('GET', path, undefined, { 'if-none-match': `"other", ${tag}` });
      expect([again.status, again.body]).toEqual([304, undefined]);
      await products.call('PUT', `/products/${id}`, { stock: Math.floor(Math.random() * 1e6) });
      expect((await products.call('GET', path, undefined, { 'if-none-match': tag })).status).toBe(200);
    }
  });

  it('describe themselves', async () => {
    const { body } = await products.call('GET', '/swagger/json');
    expect(Object.keys((body as { paths: object }).paths).sort()).toEqual(['/products', '/products/{id}']);
  });

  it('are open to anyone where the settings say so, and the graph is not', async () => {
    const open = await ProductsService.start(world, { CATALOG_WRITES: 'public' });
    const made = await open.call('POST', '/products', draft, {});
    expect(made.status).toBe(201);
    expect((await open.call('DELETE', `/products/${(made.body as Product).id}`, undefined, {})).status).toBe(204);
    const { errors } = await open.graphql('mutation { deleteProduct(id: 1) }');
    expect(errors?.[0]?.extensions?.['code']).toBe('UNAUTHENTICATED');
    const { paths } = (await open.call('GET', '/swagger/json')).body as {
      paths: Record<string, Record<string, { security?: object[]; responses: object }>>;
    };
    const described = Object.values(paths).flatMap(Object.values);
    expect(described).toHaveLength(5);
    for (const { security = [], responses } of described)
      expect([security, '401' in responses, '403' in responses]).toEqual([[], false, false]);
    await open.stop();
  });
});
