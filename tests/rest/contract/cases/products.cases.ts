import { error, type RestCase } from '../rest-case.js';

const service = 'products';
const LIST = 'GET /products';
const ONE = 'GET /products/{id}';
const MAKE = 'POST /products';
const CHANGE = 'PUT /products/{id}';
const DELETE = 'DELETE /products/{id}';

const absent = 9_007_199_254_740_991;
const phin = { name: 'Phin', price: 45_000, stock: 3 };
const priceRule = 'price must be a whole number from 1 to 9007199254740991';
const stockRule = 'stock must be a whole number from 0 to 2147483647';
const productLike = (fields: object) => expect.objectContaining(fields);

const refused = (what: string, json: unknown, sentence: unknown): RestCase => ({
  ...{ service, route: MAKE, what, status: 400, body: error(sentence) },
  request: (front) => ({ token: front.admin, json }),
});
const unchanged = (what: string, json: unknown, sentence: unknown): RestCase => ({
  ...{ service, route: CHANGE, what, status: 400, body: error(sentence) },
  request: async (front) => ({ token: front.admin, params: { id: (await front.product()).id }, json }),
});

const reads: readonly RestCase[] = [
  {
    ...{ service, route: LIST, what: 'lists', status: 200, body: expect.any(Array) },
    headers: { 'x-total-count': expect.stringMatching(/^\d+$/), etag: expect.stringMatching(/^W\//) },
    request: () => ({}),
  },
  {
    ...{ service, route: LIST, what: 'lists a page', status: 200, body: [productLike({}), productLike({})] },
    request: () => ({ query: '?limit=2&offset=1' }),
  },
  {
    ...{ service, route: LIST, what: 'lists nothing past the end', status: 200, body: [] },
    request: () => ({ query: '?limit=1000&offset=100000' }),
  },
  ...['?limit=0', '?limit=-1', '?limit=x', '?offset=-1', '?offset=1.5'].map((query): RestCase => ({
    ...{ service, route: LIST, what: `refuses ${query}`, status: 400 },
    body: error(expect.stringMatching(/^(limit|offset)/)),
    request: () => ({ query }),
  })),
  {
    ...{ service, route: LIST, what: 'has nothing new for whoever has it', status: 304 },
    request: () => ({ headers: { 'if-none-match': '*' } }),
  },
  {
    ...{
      service,
      route: ONE,
      what: 'shows one',
      status: 200,
      body: productLike({ price: 1_000, stock: 50, version: 1 }),
    },
    headers: { 'x-cache': expect.stringMatching(/^(HIT|MISS)$/), etag: 'W/"1"' },
    request: async (front) => ({ params: { id: (await front.product()).id } }),
  },
  {
    ...{
      service,
      route: ONE,
      what: 'has nothing new for whoever has the version',
      status: 304,
      headers: { etag: 'W/"1"' },
    },
    request: async (front) => ({ params: { id: (await front.product()).id }, headers: { 'if-none-match': 'W/"1"' } }),
  },
  {
    ...{ service, route: ONE, what: 'knows when there is none', status: 404, body: error('product not found') },
    request: () => ({ params: { id: absent } }),
  },
];

const creations: readonly RestCase[] = [
  {
    ...{ service, route: MAKE, what: 'makes one', status: 201, body: productLike({ ...phin, version: 1 }) },
    request: (front) => ({ token: front.admin, json: phin }),
  },
  {
    ...{ service, route: MAKE, what: 'makes several', status: 201 },
    body: [productLike(phin), productLike({ ...phin, price: absent })],
    request: (front) => ({ token: front.admin, json: [phin, { ...phin, price: absent }] }),
  },
  {
    ...{
      service,
      route: MAKE,
      what: 'ignores fields it does not know',
      status: 201,
      body: productLike({ ...phin, version: 1 }),
    },
    request: (front) => ({ token: front.admin, json: { ...phin, id: 1, version: 9, colour: 'red' } }),
  },
  {
    ...{ service, route: MAKE, what: 'is not for customers', status: 403, body: error('you may not do this') },
    request: async (front) => ({ token: (await front.customer()).token, json: phin }),
  },
  refused('refuses none at all', [], 'there must be at least one product'),
  refused('refuses all for one that is wrong', [phin, { ...phin, price: 0 }], priceRule),
  refused('refuses a price of nothing', { ...phin, price: 0 }, priceRule),
  refused('refuses a price past 2^53-1', { ...phin, price: 2 ** 53 }, priceRule),
  refused('refuses a broken price', { ...phin, price: 1.5 }, priceRule),
  refused('refuses a stock below nothing', { ...phin, stock: -1 }, stockRule),
  refused('refuses a stock past 2^31-1', { ...phin, stock: 2 ** 31 }, stockRule),
  refused('refuses an empty name', { ...phin, name: ' ' }, 'name must be 1 to 200 characters'),
  refused('refuses a long name', { ...phin, name: 'x'.repeat(201) }, 'name must be 1 to 200 characters'),
  refused('refuses a price in words', { ...phin, price: '45000' }, 'price must be a number'),
  refused('refuses a product without a name', { price: 1, stock: 1 }, 'name is required'),
];

const changes: readonly RestCase[] = [
  {
    ...{ service, route: CHANGE, what: 'changes what is sent', status: 200 },
    body: productLike({ price: 2_000, stock: 50, version: 2 }),
    headers: { etag: 'W/"2"' },
    request: async (front) => ({
      token: front.admin,
      params: { id: (await front.product()).id },
      json: { price: 2_000 },
    }),
  },
  {
    ...{
      service,
      route: CHANGE,
      what: 'changes nothing when nothing is sent',
      status: 200,
      body: productLike({ version: 1 }),
    },
    request: async (front) => ({ token: front.admin, params: { id: (await front.product()).id }, json: { colour: 1 } }),
  },
  {
    ...{
      service,
      route: CHANGE,
      what: 'changes the version that is expected',
      status: 200,
      body: productLike({ stock: 1 }),
    },
    request: async (front) => ({
      ...{ token: front.admin, params: { id: (await front.product()).id }, json: { stock: 1 } },
      headers: { 'if-match': '1' },
    }),
  },
  {
    ...{ service, route: CHANGE, what: 'leaves another version alone', status: 412 },
    body: error('the product has changed: it is at version 1'),
    request: async (front) => ({
      ...{ token: front.admin, params: { id: (await front.product()).id }, json: { stock: 1 } },
      headers: { 'if-match': '7' },
    }),
  },
  {
    ...{ service, route: CHANGE, what: 'refuses an If-Match that is no version', status: 400 },
    body: error('If-Match must be a version'),
    request: async (front) => ({
      ...{ token: front.admin, params: { id: (await front.product()).id }, json: { stock: 1 } },
      headers: { 'if-match': 'x' },
    }),
  },
  {
    ...{ service, route: CHANGE, what: 'is not for customers', status: 403, body: error('you may not do this') },
    request: async (front) => ({ token: (await front.customer()).token, params: { id: 1 }, json: { price: 1 } }),
  },
  {
    ...{ service, route: CHANGE, what: 'knows when there is none', status: 404, body: error('product not found') },
    request: (front) => ({ token: front.admin, params: { id: absent }, json: { price: 1 } }),
  },
  unchanged('refuses a price of nothing', { price: 0 }, priceRule),
  unchanged('refuses a stock past 2^31-1', { stock: 2 ** 31 }, stockRule),
  unchanged('refuses a name that is none', { name: '' }, 'name must be 1 to 200 characters'),
  unchanged('refuses a price in words', { price: '1' }, 'price must be a number'),
  unchanged('refuses to remove a price', { price: null }, expect.stringContaining('price')),
  {
    ...{ service, route: DELETE, what: 'takes it out of the shop', status: 204 },
    request: async (front) => ({ token: front.admin, params: { id: (await front.product()).id } }),
  },
  {
    ...{ service, route: DELETE, what: 'is not for customers', status: 403, body: error('you may not do this') },
    request: async (front) => ({ token: (await front.customer()).token, params: { id: 1 } }),
  },
  {
    ...{ service, route: DELETE, what: 'knows when there is none', status: 404, body: error('product not found') },
    request: (front) => ({ token: front.admin, params: { id: absent } }),
  },
];

export const productsCases: readonly RestCase[] = [...reads, ...creations, ...changes];
