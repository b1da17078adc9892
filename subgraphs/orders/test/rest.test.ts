import { eventually } from '../../../tests/support/eventually.js';
import { type OrdersProcess, OrdersWorld } from './support/orders-world.js';

let world: OrdersWorld;
let orders: OrdersProcess;
beforeAll(async () => {
  world = await OrdersWorld.open();
  orders = await world.start();
});
afterAll(() => world.close());

interface Options {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

async function call(method: string, path: string, { token, body, headers = {} }: Options = {}) {
  const response = await fetch(`${orders.url}${path}`, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as never };
}
const brief = ({ status, body }: { status: number; body: unknown }) => [status, body];
const placed = async (token: string) =>
  (await call('POST', '/orders', { token })).body as { id: number; uuid: string; status: string };

describe('POST /orders', () => {
  it('answers 201 with the whole Pending order', async () => {
    const { userId, token } = world.aBuyer();
    const answer = await call('POST', '/orders', { token, body: { shipping_address: '1 Main St', more: true } });
    expect(answer.status).toBe(201);
    const order = answer.body as { id: number };
    const item = { id: expect.any(Number), order_id: order.id };
    expect(order).toEqual({
      id: expect.any(Number),
      uuid: expect.any(String),
      ...{ user_id: userId, total: 250, currency: 'VND', status: 'Pending', shipping_address: '1 Main St' },
      items: [
        { ...item, product_id: 1, name: 'Tea', quantity: 2, price: 100, subtotal: 200 },
        { ...item, product_id: 2, name: 'Cup', quantity: 1, price: 50, subtotal: 50 },
      ],
      ...{ cancellation_reason: null, version: 1 },
      created_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
    });
  });

  it.each([[undefined], ['{}'], ['']])('takes the body %j for no wishes', async (body) => {
    const { token } = world.aBuyer();
    expect((await call('POST', '/orders', body === undefined ? { token } : { token, body })).status).toBe(201);
  });

  it('gives the same key the same order, whatever the body, also through GraphQL', async () => {
    const { token } = world.aBuyer();
    const headers = { 'idempotency-key': 'mine' };
    const first = await call('POST', '/orders', { token, headers });
    const second = await call('POST', '/orders', { token, headers, body: { shipping_address: 'elsewhere' } });
    expect(brief(second)).toEqual([201, first.body]);
    const body = { query: 'mutation { placeOrder(input: { idempotencyKey: "mine" }) { uuid } }' };
    const third = await call('POST', '/graphql', { token, body });
    expect(third.body).toEqual({ data: { placeOrder: { uuid: (first.body as { uuid: string }).uuid } } });
  });

  it('says why there is no order', async () => {
    expect(brief(await call('POST', '/orders', { token: world.aBuyer([]).token }))).toEqual([
      400,
      { error: 'cart empty' },
    ]);
    world.cart.mood = 'away';
    expect(brief(await call('POST', '/orders', { token: world.aBuyer().token }))).toEqual([
      503,
      { error: 'cart service unavailable' },
    ]);
    world.cart.mood = 'well';
  });

  it('refuses an address past 500 characters, a key past 200, and a body that is no JSON', async () => {
    const { token } = world.aBuyer();
    const long = { shipping_address: 'a'.repeat(501) };
    expect((await call('POST', '/orders', { token, body: long })).status).toBe(400);
    const headers = { 'idempotency-key': 'k'.repeat(201) };
    expect((await call('POST', '/orders', { token, headers })).status).toBe(400);
    expect(brief(await call('POST', '/orders', { token, body: '{' }))).toEqual([400, { error: 'the body is no JSON' }]);
  });
});

describe('who calls', () => {
  it.each([
    [{}, 'missing authorization header'],
    [{ authorization: 'Basic abc' }, 'invalid authorization header'],
    [{ authorization: 'Bearer abc' }, 'invalid token'],
  ])('is asked first: %j', async (headers, error) => {
    expect(brief(await call('GET', '/orders/not-an-id', { headers }))).toEqual([401, { error }]);
    expect(brief(await call('POST', '/orders', { headers, body: '{' }))).toEqual([401, { error }]);
  });

  it('may write Bearer in any case', async () => {
    const { token } = world.aBuyer();
    expect((await call('GET', '/orders', { headers: { authorization: `bEARER ${token}` } })).status).toBe(200);
  });
});

describe('GET /orders', () => {
  it('lists the caller’s own, newest first, with how many there are in all', async () => {
    const { userId, token } = world.aBuyer();
    const uuids = (await world.keep(userId, 5)).toReversed();
    const answer = await call('GET', '/orders?limit=2&offset=1', { token });
    expect(answer.headers.get('x-total-count')).toBe('5');
    expect(
      (answer.body as { uuid: string; items: unknown[] }[]).map(({ uuid, items }) => [uuid, items.length]),
    ).toEqual([
      [uuids[1], 2],
      [uuids[2], 2],
    ]);
    expect((await call('GET', '/orders?limit=0', { token })).status).toBe(400);
  });

  it('finds one by id and by uuid, for its owner and for admins', async () => {
    const { token } = world.aBuyer();
    const order = await placed(token);
    for (const path of [`/orders/${order.id}`, `/orders/${order.uuid}`, `/orders/search?id=${order.id}`]) {
      expect(brief(await call('GET', path, { token }))).toEqual([200, order]);
      expect((await call('GET', path, { token: world.adminToken() })).status).toBe(200);
      expect(brief(await call('GET', path, { token: world.aBuyer().token }))).toEqual([
        404,
        { error: 'order not found' },
      ]);
    }
  });

  it.each([
    ['/orders/abc', 400, 'invalid id'],
    ['/orders/0', 400, 'invalid id'],
    ['/orders/9007199254740992', 400, 'invalid id'],
    ['/orders/999999999', 404, 'order not found'],
    ['/orders/11111111-1111-4111-8111-111111111111', 404, 'order not found'],
    ['/orders/search', 400, 'id query parameter required'],
    ['/orders/search?id=', 400, 'id query parameter required'],
    ['/orders/search?id=x', 400, 'invalid id'],
    ['/orders/search?id=999999999', 404, 'order not found'],
  ])('answers %s with %d %s', async (path, status, error) => {
    expect(brief(await call('GET', path, { token: world.aBuyer().token }))).toEqual([status, { error }]);
  });
});

describe('PUT /orders/:id/status', () => {
  const put = (id: number | string, status: unknown, token: string) =>
    call('PUT', `/orders/${id}/status`, { token, body: { status } });

  it('lets its owner only cancel it, and only while it is Pending', async () => {
    const { token } = world.aBuyer();
    const { id } = await placed(token);
    expect((await put(id, 'Shipped', token)).status).toBe(403);
    expect(await put(id, 'Cancelled', token)).toMatchObject({
      status: 200,
      body: { status: 'Cancelled', cancellation_reason: 'CANCELLED_BY_CUSTOMER', version: 2 },
    });
    expect((await put(id, 'Cancelled', token)).status).toBe(409);
  });

  it('lets an admin move it from Paid to Shipped to Delivered', async () => {
    const order = await placed(world.aBuyer().token);
    const admin = world.adminToken();
    expect((await put(order.id, 'Shipped', admin)).status).toBe(409);
    await Promise.all([world.say.reserved(order.uuid), world.say.paid(order.uuid)]);
    await eventually(async () => expect(await world.statusOf(order.uuid)).toMatchObject({ status: 'Paid' }));
    expect((await put(order.id, 'Cancelled', admin)).status).toBe(403);
    expect((await put(order.id, 'Delivered', admin)).status).toBe(409);
    expect(await put(order.uuid, 'Shipped', admin)).toMatchObject({ status: 200, body: { status: 'Shipped' } });
    expect(await put(order.id, 'Delivered', admin)).toMatchObject({ status: 200, body: { version: 4 } });
  });

  it('refuses what is no status, and what is not the caller’s', async () => {
    const { token } = world.aBuyer();
    const { id } = await placed(token);
    for (const status of ['paid', 'Lost', 7, null, undefined]) {
      expect(brief(await put(id, status, token))).toEqual([400, { error: 'invalid status' }]);
    }
    expect(brief(await put(id, 'Cancelled', world.aBuyer().token))).toEqual([404, { error: 'order not found' }]);
    expect(brief(await put('abc', 'Cancelled', token))).toEqual([400, { error: 'invalid id' }]);
  });
});

describe('beside the routes', () => {
  it('says that it is alive and ready, and describes itself', async () => {
    expect((await call('GET', '/healthz')).status).toBe(200);
    expect(brief(await call('GET', '/readyz'))).toEqual([200, { status: 'ready', parts: { database: true } }]);
    const document = (await call('GET', '/swagger/json')).body as { paths: object };
    expect(Object.keys(document.paths).toSorted()).toEqual([
      ...['/orders', '/orders/search', '/orders/{id}', '/orders/{id}/status'],
    ]);
  });
});
