import { randomUUID } from 'node:crypto';
import { eventually } from '../../../tests/support/eventually.js';
import { graphqlRequest } from '../../../tests/support/graphql-client.js';
import { type OrdersProcess, OrdersWorld, TEA } from './support/orders-world.js';

let world: OrdersWorld;
let orders: OrdersProcess;
beforeAll(async () => {
  world = await OrdersWorld.open();
  orders = await world.start();
});
afterAll(() => world.close());
afterEach(() => {
  world.cart.mood = 'well';
  world.cart.beforeAnswer = async () => undefined;
});

const PLACE = 'mutation ($input: PlaceOrderInput) { placeOrder(input: $input) { uuid status version total } }';
const place = (token: string, input: object | null = null) =>
  graphqlRequest<{ placeOrder: { uuid: string; status: string; version: number; total: number } }>(
    `${orders.url}/graphql`,
    PLACE,
    { input },
    token,
  );
const intentsOf = (userId: number) =>
  world.sql<{ uuid: string; state: string }>('select uuid, state from intents where user_id = $1 order by created_at', [
    userId,
  ]);

describe('placing an order', () => {
  it('takes the cart as orders itself, and asks for stock and payment in one event', async () => {
    const { userId, token } = world.aBuyer();
    const { data } = await place(token, { shippingAddress: '1 Main St' });
    expect(data?.placeOrder).toMatchObject({ status: 'PENDING', version: 1, total: 250 });
    const uuid = data?.placeOrder.uuid ?? '';
    const [requested] = await eventually(() => {
      const messages = world.said('order.requested', uuid);
      expect(messages).toHaveLength(1);
      return messages;
    });
    expect(requested?.body).toEqual({
      ...{ correlation_id: uuid, order_uuid: uuid, user_id: userId, email: `user${userId}@example.com` },
      ...{ total: 250, currency: 'VND' },
      items: [
        { product_id: 1, name: 'Tea', quantity: 2, price: 100 },
        { product_id: 2, name: 'Cup', quantity: 1, price: 50 },
      ],
    });
    expect(requested?.properties).toMatchObject({ correlationId: uuid, type: 'order.requested', appId: 'orders' });
    expect(await world.timelineOf(uuid)).toEqual(['order.requested']);
    expect(await intentsOf(userId)).toEqual([{ uuid, state: 'placed' }]);
  });

  it('records when the broker confirmed the request', async () => {
    const { uuid } = await world.place(orders, world.aBuyer().token);
    await eventually(async () => {
      const [row] = await world.sql<{ confirmed: boolean; marked: boolean }>(
        `select o.confirmed_at is not null as confirmed, b.published_at is not null as marked
         from orders o join outbox b on b.correlation_id = o.uuid::text and b.type = 'order.requested' where o.uuid = $1`,
        [uuid],
      );
      expect(row).toEqual({ confirmed: true, marked: true });
    });
  });

  it('gives 20 parallel requests with one key one order, whatever their bodies', async () => {
    const { userId, token } = world.aBuyer();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => place(token, { idempotencyKey: 'twenty', shippingAddress: `${n}` })),
    );
    expect(new Set(answers.map(({ data }) => data?.placeOrder.uuid)).size).toBe(1);
    const later = await place(token, { idempotencyKey: 'twenty' });
    expect(later.data?.placeOrder.uuid).toBe(answers[0]?.data?.placeOrder.uuid);
    expect(await intentsOf(userId)).toHaveLength(1);
    await eventually(() =>
      expect(world.said('order.requested', answers[0]?.data?.placeOrder.uuid ?? '')).toHaveLength(1),
    );
  });

  it('keeps the keys of two users apart', async () => {
    const [one, other] = [world.aBuyer(), world.aBuyer()];
    const input = { idempotencyKey: 'mine' };
    const [first, second] = [await place(one.token, input), await place(other.token, input)];
    expect(first.data?.placeOrder.uuid).not.toBe(second.data?.placeOrder.uuid);
  });

  it('makes each call without a key an order of its own', async () => {
    const { userId, token } = world.aBuyer();
    const first = await place(token);
    world.cart.fill(userId, TEA);
    const second = await place(token);
    expect(second.data?.placeOrder.uuid).not.toBe(first.data?.placeOrder.uuid);
  });

  it('ends an intent whose cart is empty: announced, and its key free for a new one', async () => {
    const { userId, token } = world.aBuyer([]);
    const refused = await place(token, { idempotencyKey: 'again' });
    expect(refused.errors).toMatchObject([
      { message: 'cart empty', extensions: { code: 'BAD_USER_INPUT', field: 'cart' } },
    ]);
    const [ended] = await intentsOf(userId);
    expect(ended?.state).toBe('ended');
    await eventually(() => {
      const [abandoned] = world.said('checkout.abandoned', ended?.uuid ?? '');
      expect(abandoned?.body).toEqual({ order_uuid: ended?.uuid, user_id: userId });
    });
    world.cart.fill(userId, TEA);
    const placed = await place(token, { idempotencyKey: 'again' });
    expect(placed.data?.placeOrder.uuid).toBeDefined();
    expect(placed.data?.placeOrder.uuid).not.toBe(ended?.uuid);
  });

  it('tells parallel requests with one key all the same of a cart that is empty', async () => {
    const { token } = world.aBuyer([]);
    // The second asks the cart when the first has ended the intent that both had found open.
    let [first, both] = [true, () => undefined as void];
    const came = new Promise<void>((resolve) => (both = resolve));
    world.cart.beforeAnswer = async () => {
      if (!first) return both();
      first = false;
      await came;
    };
    const answers = await Promise.all([1, 2].map(() => place(token, { idempotencyKey: 'empty' })));
    for (const { errors } of answers)
      expect(errors).toMatchObject([{ message: 'cart empty', extensions: { code: 'BAD_USER_INPUT', field: 'cart' } }]);
  });

  it.each(['away', 'slow', 'broken'] as const)(
    'says so when cart is %s, keeps the intent open, and a retry resumes it',
    async (mood) => {
      const { userId, token } = world.aBuyer();
      world.cart.mood = mood;
      const refused = await place(token, { idempotencyKey: 'retry' });
      expect(refused.errors).toMatchObject([
        { message: 'cart service unavailable', extensions: { code: 'SUBGRAPH_UNAVAILABLE' } },
      ]);
      const [open] = await intentsOf(userId);
      expect(open?.state).toBe('open');
      world.cart.mood = 'well';
      const placed = await place(token, { idempotencyKey: 'retry' });
      expect(placed.data?.placeOrder.uuid).toBe(open?.uuid);
    },
  );

  it('says that the token is not good any more when cart knows it first', async () => {
    const { userId, token } = world.aBuyer();
    world.cart.mood = 'signed out';
    const refused = await place(token);
    expect(refused.errors).toMatchObject([{ message: 'invalid token', extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(await intentsOf(userId)).toMatchObject([{ state: 'open' }]);
  });

  it('ends an intent whose checkout cart has closed', async () => {
    const { userId, token } = world.aBuyer();
    world.cart.mood = 'closed';
    const refused = await place(token, { idempotencyKey: 'closed' });
    expect(refused.errors).toMatchObject([{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }]);
    expect(await intentsOf(userId)).toMatchObject([{ state: 'ended' }]);
  });

  it('answers 503 to a request that finds its intent ended meanwhile', async () => {
    const { userId, token } = world.aBuyer();
    world.cart.beforeAnswer = async (uuid) =>
      void (await world.sql(`update intents set state = 'ended' where uuid = $1`, [uuid]));
    const response = await fetch(`${orders.url}/orders`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'idempotency-key': 'late' },
    });
    expect([response.status, await response.json()]).toEqual([503, { error: 'cart service unavailable' }]);
    expect(await intentsOf(userId)).toHaveLength(1);
    expect(await world.sql('select 1 from orders where user_id = $1', [userId])).toEqual([]);
  });

  it('goes on where a process died between the intent and the checkout', async () => {
    const { userId, token } = world.aBuyer();
    const uuid = randomUUID();
    await world.sql(
      `insert into intents (uuid, user_id, email, idempotency_key, created_at) values ($1, $2, 'a@example.com', 'died', now())`,
      [uuid, userId],
    );
    const resumed = await place(token, { idempotencyKey: 'died' });
    expect(resumed.data?.placeOrder).toMatchObject({ uuid, total: 250 });
  });

  it('goes on where a process died between the checkout and the order: the same uuid, the same items', async () => {
    const { userId, token } = world.aBuyer();
    world.cart.beforeAnswer = () => Promise.reject(new Error('the connection breaks before the answer'));
    await place(token, { idempotencyKey: 'died' });
    world.cart.beforeAnswer = async () => undefined;
    const [open] = await intentsOf(userId);
    expect(open?.state).toBe('open');
    const resumed = await place(token, { idempotencyKey: 'died' });
    expect(resumed.data?.placeOrder).toMatchObject({ uuid: open?.uuid, total: 250 });
  });

  it('refuses a total past 2^53-1, and gives the cart back', async () => {
    const { userId, token } = world.aBuyer([{ ...TEA, quantity: 10_000, price: Number.MAX_SAFE_INTEGER }]);
    const refused = await place(token);
    expect(refused.errors).toMatchObject([
      { message: 'the total is too large', extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    const [ended] = await intentsOf(userId);
    await eventually(() => expect(world.said('checkout.abandoned', ended?.uuid ?? '')).toHaveLength(1));
  });

  it.each([
    ['shippingAddress', 'a'.repeat(501)],
    ['shippingAddress', 'a\0b'],
    ['idempotencyKey', ''],
    ['idempotencyKey', 'k'.repeat(201)],
    ['idempotencyKey', 'k\0'],
    ['shippingAddress', 'a \ud800 b'],
    ['idempotencyKey', '\udc00'],
  ])('refuses a bad %s before anything happens', async (field, value) => {
    const { userId, token } = world.aBuyer();
    const refused = await place(token, { [field]: value });
    expect(refused.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field } }]);
    expect(await intentsOf(userId)).toEqual([]);
  });
});
