import { seed } from '@shop/products/seed';
import { ProductsService, World } from './a-products-service.js';

interface Page {
  edges: { cursor: string; node: { id: string; name: string; price: number } }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
}

const LIST = `query ($first: Int, $after: String, $filter: ProductFilter, $sort: ProductSort) {
  products(first: $first, after: $after, filter: $filter, sort: $sort) {
    edges { cursor node { id name price } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
const CREATE = 'mutation ($input: [ProductInput!]!) { createProducts(input: $input) { id name description price } }';
const UPDATE = `mutation ($id: ID!, $patch: ProductPatch!) { updateProduct(id: $id, patch: $patch) {
  id name description price stock inStock version } }`;
const DELETE = 'mutation ($id: ID!) { deleteProduct(id: $id) }';
const PRODUCT = 'query ($id: ID!) { product(id: $id) { id name currency stock inStock version createdAt } }';
const ENTITIES = 'query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on Product { id name } } }';

describe('the graph of products', () => {
  let world: World;
  let products: ProductsService;
  beforeAll(async () => {
    world = await World.open();
    await Promise.all([seed(world.environment), seed(world.environment)]);
    products = await ProductsService.start(world, { SEED: 'true', CURRENCY: 'EUR' });
  });
  afterAll(async () => {
    await products.stop();
    await world.close();
  });

  const list = (variables: Record<string, unknown>) => products.field<Page>(LIST, variables);
  const names = async (variables: Record<string, unknown>) =>
    (await list({ first: 100, ...variables })).edges.map(({ node }) => node.name);
  const through = async (sort: string, first: number) => {
    const seen: Page['edges'][number]['node'][] = [];
    let after: string | null = null;
    do {
      const page: Page = await list({ first, after, sort });
      expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
      expect(page.pageInfo.endCursor).toBe(page.edges.at(-1)?.cursor);
      seen.push(...page.edges.map(({ node }) => node));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
    return seen;
  };

  it('begins with 24 believable products, however often and at once they are seeded', async () => {
    const { edges } = await list({ first: 100 });
    expect(edges).toHaveLength(24);
    for (const { node } of edges) {
      expect(node.price).toBeGreaterThanOrEqual(20_000);
      expect(node.price).toBeLessThanOrEqual(9_000_000);
    }
  });

  it.each(['NEWEST', 'NAME', 'PRICE_ASC', 'PRICE_DESC'])('walks through the sort %s without a gap', async (sort) => {
    const same = { name: 'Giống nhau', price: 100_000, stock: 1 };
    if (sort === 'NEWEST') await products.field(CREATE, { input: [same, same, same, same] });
    const seen = await through(sort, 3);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(28);
    const prices = seen.map(({ price }) => price);
    if (sort === 'PRICE_ASC') expect(prices).toEqual([...prices].sort((a, b) => a - b));
    if (sort === 'PRICE_DESC') expect(prices).toEqual([...prices].sort((a, b) => b - a));
    if (sort === 'NEWEST') expect(seen.map(({ id }) => Number(id))).toEqual(seen.map((_, index) => 28 - index));
    if (sort === 'NAME') expect(seen.slice(0, 2).map(({ name }) => name[0])).toEqual(['Á', 'B']);
  });

  it('searches whatever the case and the diacritics, and takes no wildcards', async () => {
    expect(await names({ filter: { search: 'CA PHE robusta' } })).toEqual(['Cà phê Robusta Buôn Ma Thuột 500g']);
    expect(await names({ filter: { search: 'khung thép' } })).toHaveLength(2);
    expect(await names({ filter: { search: '100%_\\' } })).toEqual([]);
    expect(await names({ filter: { search: '%' } })).toEqual([]);
    expect(await names({ filter: { search: "'; drop table products --" } })).toEqual([]);
  });

  it('searches a phrase as a whole: its words in their order, with what is between them', async () => {
    for (const search of ['phê Robusta', 'phe robusta buon ma thuot 500', ' Ca  '.concat('\u0301'), 'ê ro'])
      expect(await names({ filter: { search } })).toContain('Cà phê Robusta Buôn Ma Thuột 500g');
    for (const search of ['robusta phe', 'phe  robusta', 'phe\trobusta', 'phe % 500g', 'ca phe robusta_buon'])
      expect(await names({ filter: { search } })).toEqual([]);
    expect(await names({ filter: { search: '\u0301 \u0301' } })).toHaveLength(28);
  });

  it('searches texts of any length that can be found, and refuses longer ones at once, whatever is in them', async () => {
    expect(await names({ filter: { search: 'x'.repeat(5_000) } })).toEqual([]);
    const start = performance.now();
    for (const search of [`${'\u0315'.repeat(60_000)}${'\u0316'.repeat(60_000)}`, 'x'.repeat(5_001), 'a\0b', '\ud800'])
      await expect(list({ filter: { search } })).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        field: 'filter.search',
      });
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it('filters by price and stock', async () => {
    expect(await names({ filter: { minPrice: 4_350_000 } })).toHaveLength(2);
    expect(await names({ filter: { maxPrice: 42_000 } })).toHaveLength(2);
    expect(await names({ filter: { minPrice: 2, maxPrice: 1 } })).toEqual([]);
    const { id } = await products.product({ name: 'Hết hàng', stock: 0 });
    expect(await names({ filter: { inStock: false } })).toEqual(['Hết hàng']);
    expect(await names({ filter: { inStock: true } })).not.toContain('Hết hàng');
    await products.field(DELETE, { id: String(id) });
    expect(await names({ filter: { inStock: false } })).toEqual([]);
  });

  it('refuses pages that are none', async () => {
    const { pageInfo } = await list({ first: 1, sort: 'NAME' });
    const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const variables of [
      { first: 0 },
      { first: 101 },
      { first: -1 },
      { after: 'nonsense' },
      { after: cursor({}) },
      { after: cursor(['NEWEST', 'x', 1]) },
      { after: cursor(['NEWEST', 1, '1; drop']) },
      { after: pageInfo.endCursor, sort: 'PRICE_ASC' },
      { after: cursor(['NAME', '\ud800', 1]), sort: 'NAME' },
      { filter: { search: 'a\0z' } },
      { filter: { search: '\ud800' } },
    ]) {
      await expect(list(variables)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', field: expect.any(String) });
    }
  });

  it('takes null for what was left out', async () => {
    const [given, left] = [await list({ first: null, sort: null, after: null, filter: null }), await list({})];
    expect(given).toEqual(left);
    expect(given.edges).toHaveLength(20);
  });

  it('makes, changes and deletes products', async () => {
    const [made] = await products.field<{ id: string }[]>(CREATE, {
      input: [{ name: 'Gốm', description: 'Men rạn', price: 9_007_199_254_740_991, stock: 2 }],
    });
    expect(made).toEqual({ id: made?.id, name: 'Gốm', description: 'Men rạn', price: 9_007_199_254_740_991 });
    expect(await products.field(UPDATE, { id: made?.id, patch: { stock: 0 } })).toEqual({
      id: made?.id,
      name: 'Gốm',
      description: 'Men rạn',
      price: 9_007_199_254_740_991,
      stock: 0,
      inStock: false,
      version: 2,
    });
    expect(await products.field(UPDATE, { id: made?.id, patch: { description: null } })).toMatchObject({
      description: null,
      version: 3,
    });
    expect(await names({ filter: { search: 'men ran' } })).not.toContain('Gốm');
    expect(await products.field(PRODUCT, { id: made?.id })).toMatchObject({ currency: 'EUR', version: 3 });
    expect(await products.field(DELETE, { id: made?.id })).toBe(true);
    expect(await products.field(PRODUCT, { id: made?.id })).toBeNull();
    await expect(products.field(DELETE, { id: made?.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(products.field(UPDATE, { id: made?.id, patch: {} })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each([
    [[], 'input'],
    [[{ name: '', price: 1, stock: 1 }], 'input.0.name'],
    [[{ name: 'x', price: 0, stock: 1 }], 'input.0.price'],
    [[{ name: 'x', price: 1, stock: -1 }], 'input.0.stock'],
    [[{ name: 'x', price: 1, stock: 1, description: 'x'.repeat(5_001) }], 'input.0.description'],
  ])('refuses to make %j', (input, field) =>
    expect(products.field(CREATE, { input })).rejects.toMatchObject({ code: 'BAD_USER_INPUT', field }),
  );

  it('refuses variables of the wrong type', async () => {
    for (const price of [2 ** 53, 1.5, '1', null]) {
      const { errors } = await products.graphql(
        CREATE,
        { input: [{ name: 'x', price, stock: 1 }] },
        products.adminToken,
      );
      expect(errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
    }
  });

  it('lets administrators write', async () => {
    for (const [query, variables] of [
      [CREATE, { input: [] }],
      [UPDATE, { id: '1', patch: {} }],
      [DELETE, { id: '1' }],
    ] as const) {
      const customer = await products.graphql(query, variables, products.customerToken);
      expect(customer.errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
      const nobody = await products.graphql(query, variables);
      expect(nobody.errors?.[0]?.extensions?.['code']).toBe('UNAUTHENTICATED');
    }
  });

  it('answers references in their order, and null for what is not for sale', async () => {
    const { id } = await products.product();
    await products.field(DELETE, { id: String(id) });
    const keys = ['2', '1', String(id), '999999', 'x', '2', ['2'], { toString: 1 }, null].map((key) => ({
      __typename: 'Product',
      id: key,
    }));
    const found = await products.field<({ id: string } | null)[]>(ENTITIES, { keys });
    expect(found.map((product) => product?.id ?? null)).toEqual(['2', '1', null, null, null, '2', null, null, null]);
  });

  it.each(['0', 'x', '-1', '99999999999999999999', ''])('says that %j is no id', async (id) => {
    const refused = { code: 'BAD_USER_INPUT', field: 'id', message: 'invalid id' };
    for (const [query, variables] of [
      [PRODUCT, { id }],
      [UPDATE, { id, patch: {} }],
      [DELETE, { id }],
    ] as const)
      await expect(products.field(query, variables)).rejects.toMatchObject(refused);
  });
});
