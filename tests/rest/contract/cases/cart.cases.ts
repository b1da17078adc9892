import { error, type RestCase } from '../rest-case.js';
import type { ShopFront } from '../shop-front.js';

const service = 'cart';
const ADD = 'POST /cart';
const CHANGE = 'PUT /cart/{id}';
const REMOVE = 'DELETE /cart/{id}';
const quantityRule = 'quantity must be from 1 to 10000';
const absent = 9_007_199_254_740_991;

const somebodysItem = async (front: ShopFront, quantity = 1) => {
  const [{ token }, product] = await Promise.all([front.customer(), front.product()]);
  return { token, product, item: await front.inCart(token, product.id, quantity) };
};
const line = (quantity: number) => expect.objectContaining({ quantity, price: 1_000, subtotal: quantity * 1_000 });

const adding = (what: string, json: object, sentence: unknown): RestCase => ({
  ...{ service, route: ADD, what, status: 400, body: error(sentence) },
  request: async (front) => {
    const [{ token }, { id }] = await Promise.all([front.customer(), front.product()]);
    return { token, json: { product_id: id, quantity: 1, ...json } };
  },
});
const changing = (what: string, json: object, sentence: unknown): RestCase => ({
  ...{ service, route: CHANGE, what, status: 400, body: error(sentence) },
  request: async (front) => {
    const { token, item } = await somebodysItem(front);
    return { token, params: { id: item.id }, json };
  },
});

export const cartCases: readonly RestCase[] = [
  {
    ...{ service, route: 'GET /cart', what: 'is empty at first', status: 200, body: [] },
    request: async (front) => ({ token: (await front.customer()).token }),
  },
  {
    ...{ service, route: 'GET /cart', what: 'shows what is in it', status: 200, body: [line(2)] },
    request: async (front) => ({ token: (await somebodysItem(front, 2)).token }),
  },
  {
    ...{ service, route: ADD, what: 'adds a product', status: 201, body: line(3) },
    request: async (front) => {
      const [{ token }, { id }] = await Promise.all([front.customer(), front.product()]);
      return { token, json: { product_id: id, quantity: 3, colour: 'unknown' } };
    },
  },
  {
    ...{ service, route: ADD, what: 'adds to what is there', status: 201, body: line(5) },
    request: async (front) => {
      const { token, product } = await somebodysItem(front, 2);
      return { token, json: { product_id: product.id, quantity: 3 } };
    },
  },
  adding('refuses a product that is not there', { product_id: absent }, 'product not found'),
  adding('refuses more than there is', { quantity: 51 }, 'insufficient stock'),
  adding('refuses a quantity of nothing', { quantity: 0 }, quantityRule),
  adding('refuses a quantity past 10000', { quantity: 10_001 }, quantityRule),
  adding('refuses a broken quantity', { quantity: 1.5 }, quantityRule),
  adding('refuses a quantity in words', { quantity: '1' }, quantityRule),
  adding('refuses a missing quantity', { quantity: undefined }, quantityRule),
  adding('refuses a missing product', { product_id: undefined }, 'product_id is required'),
  adding('refuses a product id that is none', { product_id: 0 }, 'product not found'),
  adding('refuses a product id past all ids', { product_id: 2 ** 53 }, 'product not found'),
  {
    ...{ service, route: CHANGE, what: 'sets the quantity', status: 200, body: line(4) },
    request: async (front) => {
      const { token, item } = await somebodysItem(front);
      return { token, params: { id: item.id }, json: { quantity: 4 } };
    },
  },
  changing('refuses a quantity of nothing', { quantity: 0 }, quantityRule),
  changing('refuses more than there is', { quantity: 51 }, 'insufficient stock'),
  changing('refuses a missing quantity', {}, quantityRule),
  {
    ...{
      service,
      route: CHANGE,
      what: "does not know somebody else's",
      status: 404,
      body: error('item not found in cart'),
    },
    request: async (front) => {
      const [{ item }, { token }] = await Promise.all([somebodysItem(front), front.customer()]);
      return { token, params: { id: item.id }, json: { quantity: 1 } };
    },
  },
  {
    ...{ service, route: REMOVE, what: 'removes an item', status: 204 },
    request: async (front) => {
      const { token, item } = await somebodysItem(front);
      return { token, params: { id: item.id } };
    },
  },
  {
    ...{ service, route: REMOVE, what: "does not know somebody else's", status: 404, body: error('item not found') },
    request: async (front) => {
      const [{ item }, { token }] = await Promise.all([somebodysItem(front), front.customer()]);
      return { token, params: { id: item.id } };
    },
  },
  {
    ...{ service, route: 'DELETE /cart', what: 'empties it', status: 204 },
    request: async (front) => ({ token: (await somebodysItem(front)).token }),
  },
  {
    ...{ service, route: 'DELETE /cart', what: 'empties an empty one', status: 204 },
    request: async (front) => ({ token: (await front.customer()).token }),
  },
];
