import { randomUUID } from 'node:crypto';
import { error, type RestCase } from '../rest-case.js';
import type { PlacedOrder, ShopFront } from '../shop-front.js';

const service = 'orders';
const PLACE = 'POST /orders';
const LIST = 'GET /orders';
const SEARCH = 'GET /orders/search';
const ONE = 'GET /orders/{id}';
const MOVE = 'PUT /orders/{id}/status';
const absent = 9_007_199_254_740_991;

const orderLike = (fields: object) => expect.objectContaining(fields);
const pending = { status: 'Pending', total: 1_000, currency: 'VND', version: 1, cancellation_reason: null };

const readyToOrder = async (front: ShopFront) => {
  const [{ token }, { id }] = await Promise.all([front.customer(), front.product()]);
  await front.inCart(token, id);
  return { token };
};
const somebodysOrder = async (front: ShopFront) => {
  const { token } = await front.customer();
  return { token, order: await front.order(token) };
};

interface Move {
  readonly what: string;
  readonly to: unknown;
  readonly status: number;
  readonly body: unknown;
  readonly by?: 'admin' | 'owner' | 'somebody else';
  readonly of?: (front: ShopFront, token: string) => Promise<PlacedOrder>;
}
/** A customer's order, and somebody who wants to move it. */
const moving = ({
  what,
  to,
  status,
  body,
  by = 'admin',
  of = (front, token) => front.settledOrder(token),
}: Move): RestCase => ({
  ...{ service, route: MOVE, what, status, body },
  request: async (front) => {
    const [owner, other] = [await front.customer(), await front.customer()];
    const { id } = await of(front, owner.token);
    const token = { admin: front.admin, owner: owner.token, 'somebody else': other.token }[by];
    return { token, params: { id }, json: { status: to } };
  },
});
const asPlaced = (front: ShopFront, token: string) => front.order(token);
const shipped = (front: ShopFront, token: string) => front.shippedOrder(token);
const cannot = (sentence: string) => ({ status: 409, body: error(sentence) });

const placing: readonly RestCase[] = [
  {
    ...{
      service,
      route: PLACE,
      what: 'orders what is in the cart',
      status: 201,
      body: orderLike({ ...pending, shipping_address: null }),
    },
    request: async (front) => ({ ...(await readyToOrder(front)), json: {} }),
  },
  {
    ...{
      service,
      route: PLACE,
      what: 'takes an address',
      status: 201,
      body: orderLike({ ...pending, shipping_address: 'Hà Nội' }),
    },
    request: async (front) => ({ ...(await readyToOrder(front)), json: { shipping_address: 'Hà Nội', colour: 'red' } }),
  },
  {
    ...{ service, route: PLACE, what: 'needs no body', status: 201, body: orderLike(pending) },
    request: readyToOrder,
  },
  {
    ...{ service, route: PLACE, what: 'takes an empty body for none', status: 201, body: orderLike(pending) },
    request: async (front) => ({
      ...(await readyToOrder(front)),
      raw: '',
      headers: { 'content-type': 'application/json' },
    }),
  },
  {
    ...{ service, route: PLACE, what: 'takes a key', status: 201, body: orderLike(pending) },
    request: async (front) => ({ ...(await readyToOrder(front)), headers: { 'idempotency-key': randomUUID() } }),
  },
  {
    ...{ service, route: PLACE, what: 'refuses an empty cart', status: 400, body: error('cart empty') },
    request: async (front) => ({ token: (await front.customer()).token, json: {} }),
  },
  {
    ...{ service, route: PLACE, what: 'refuses a long address', status: 400 },
    body: error('the shipping address must be at most 500 characters'),
    request: async (front) => ({ ...(await readyToOrder(front)), json: { shipping_address: 'x'.repeat(501) } }),
  },
  {
    ...{ service, route: PLACE, what: 'refuses a long key', status: 400 },
    body: error('the idempotency key must be 1 to 200 characters'),
    request: async (front) => ({ ...(await readyToOrder(front)), headers: { 'idempotency-key': 'x'.repeat(201) } }),
  },
  {
    ...{ service, route: PLACE, what: 'refuses an address that is no text', status: 400 },
    body: error('shipping_address must be a string'),
    request: async (front) => ({ ...(await readyToOrder(front)), json: { shipping_address: 7 } }),
  },
];

const reading: readonly RestCase[] = [
  {
    ...{ service, route: LIST, what: 'is empty at first', status: 200, body: [], headers: { 'x-total-count': '0' } },
    request: async (front) => ({ token: (await front.customer()).token }),
  },
  {
    ...{ service, route: LIST, what: 'lists the newest first', status: 200, body: [orderLike({ total: 2_000 })] },
    headers: { 'x-total-count': '2' },
    request: async (front) => {
      const { token } = await front.customer();
      await front.order(token, 1_000);
      await front.order(token, 2_000);
      return { token, query: '?limit=1' };
    },
  },
  {
    ...{
      service,
      route: LIST,
      what: 'refuses a limit of nothing',
      status: 400,
      body: error('limit must be 1 or more'),
    },
    request: (front) => ({ token: front.admin, query: '?limit=0' }),
  },
  {
    ...{ service, route: SEARCH, what: 'finds by id', status: 200, body: orderLike(pending) },
    request: async (front) => {
      const { token, order } = await somebodysOrder(front);
      return { token, query: `?id=${order.id}` };
    },
  },
  {
    ...{ service, route: SEARCH, what: 'needs an id', status: 400, body: error('id query parameter required') },
    request: (front) => ({ token: front.admin }),
  },
  {
    ...{ service, route: SEARCH, what: 'refuses what is no id', status: 400, body: error('invalid id') },
    request: (front) => ({ token: front.admin, query: '?id=abc' }),
  },
  {
    ...{ service, route: SEARCH, what: 'knows when there is none', status: 404, body: error('order not found') },
    request: (front) => ({ token: front.admin, query: `?id=${absent}` }),
  },
  {
    ...{ service, route: ONE, what: 'shows one by id', status: 200, body: orderLike(pending) },
    request: async (front) => {
      const { token, order } = await somebodysOrder(front);
      return { token, params: { id: order.id } };
    },
  },
  {
    ...{ service, route: ONE, what: 'shows one by uuid, to an admin', status: 200, body: orderLike(pending) },
    request: async (front) => ({ token: front.admin, params: { id: (await somebodysOrder(front)).order.uuid } }),
  },
  {
    ...{ service, route: ONE, what: 'knows when there is none', status: 404, body: error('order not found') },
    request: (front) => ({ token: front.admin, params: { id: randomUUID() } }),
  },
  {
    ...{ service, route: ONE, what: "does not know somebody else's", status: 404, body: error('order not found') },
    request: async (front) => ({
      token: (await front.customer()).token,
      params: { id: (await somebodysOrder(front)).order.id },
    }),
  },
];

const moves: readonly RestCase[] = [
  moving({ what: 'ships', to: 'Shipped', status: 200, body: orderLike({ status: 'Shipped', version: 3 }) }),
  moving({
    what: 'delivers',
    of: shipped,
    to: 'Delivered',
    status: 200,
    body: orderLike({ status: 'Delivered', version: 4 }),
  }),
  moving({
    ...{ what: 'lets its owner cancel a pending one', of: asPlaced, by: 'owner', to: 'Cancelled', status: 200 },
    body: orderLike({ status: 'Cancelled', cancellation_reason: 'CANCELLED_BY_CUSTOMER', version: 2 }),
  }),
  moving({
    what: 'does not cancel a paid one',
    by: 'owner',
    to: 'Cancelled',
    ...cannot('an order that is Paid cannot be cancelled'),
  }),
  moving({
    what: 'does not deliver before it ships',
    to: 'Delivered',
    ...cannot('an order that is Paid cannot be delivered'),
  }),
  moving({
    what: 'does not ship twice',
    of: shipped,
    to: 'Shipped',
    ...cannot('an order that is Shipped cannot be shipped'),
  }),
  moving({ what: 'lets nobody say Paid', to: 'Paid', ...cannot('an order that is Paid cannot be made Paid') }),
  moving({
    what: 'does not let an admin cancel for a customer',
    of: asPlaced,
    to: 'Cancelled',
    status: 403,
    body: error('only its owner may cancel an order'),
  }),
  moving({
    what: 'does not let its owner ship',
    by: 'owner',
    to: 'Shipped',
    status: 403,
    body: error('you may not do this'),
  }),
  moving({
    what: "does not know somebody else's",
    by: 'somebody else',
    to: 'Cancelled',
    status: 404,
    body: error('order not found'),
  }),
  moving({
    ...{ what: 'lets nobody else ship, whatever the order', by: 'somebody else', to: 'Shipped', status: 403 },
    body: error('you may not do this'),
  }),
  ...['Lost', 'shipped', 7, null, undefined].map((to) =>
    moving({ what: `refuses the status ${to}`, of: asPlaced, to, status: 400, body: error('invalid status') }),
  ),
  {
    ...{ service, route: MOVE, what: 'knows when there is none', status: 404, body: error('order not found') },
    request: (front) => ({ token: front.admin, params: { id: absent }, json: { status: 'Shipped' } }),
  },
];

export const ordersCases: readonly RestCase[] = [...placing, ...reading, ...moves];
