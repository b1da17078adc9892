import { eventually } from '../../../tests/support/eventually.js';
import { graphqlRequest } from '../../../tests/support/graphql-client.js';
import { PostgresMeter } from '../../../tests/support/postgres-meter.js';
import { type OrdersProcess, OrdersWorld } from './support/orders-world.js';

let world: OrdersWorld;
let orders: OrdersProcess;
let meter: PostgresMeter;
beforeAll(async () => {
  world = await OrdersWorld.open();
  meter = await PostgresMeter.before(world.database.url);
  orders = await world.start({ DATABASE_URL: meter.url, SWEEP_INTERVAL_MS: '600000' });
});
afterAll(async () => {
  await world.close();
  await meter.stop();
});

const ask = (query: string, token?: string, variables = {}) =>
  graphqlRequest<Record<string, never>>(`${orders.url}/graphql`, query, variables, token);
const code = (answer: Awaited<ReturnType<typeof ask>>) => answer.errors?.[0]?.extensions?.['code'];
const paid = async (uuid: string) => {
  await Promise.all([world.say.reserved(uuid), world.say.paid(uuid)]);
  await eventually(async () => expect(await world.statusOf(uuid)).toMatchObject({ status: 'Paid' }));
};

describe('Query.order', () => {
  it('finds the caller’s order by id and by uuid, with all that belongs to it', async () => {
    const { userId, token } = world.aBuyer();
    const { id, uuid } = await world.place(orders, token);
    const query = `query ($id: ID!) { order(id: $id) { id uuid status cancellationReason total currency shippingAddress
      version user { id } items { name quantity price subtotal product { id } } timeline { type detail } } }`;
    const expected = {
      ...{ id, uuid, status: 'PENDING', cancellationReason: null, total: 250, currency: 'VND', shippingAddress: null },
      ...{ version: 1, user: { id: String(userId) } },
      items: [
        { name: 'Tea', quantity: 2, price: 100, subtotal: 200, product: { id: '1' } },
        { name: 'Cup', quantity: 1, price: 50, subtotal: 50, product: { id: '2' } },
      ],
      timeline: [{ type: 'order.requested', detail: { total: 250, currency: 'VND' } }],
    };
    for (const key of [id, uuid, uuid.toUpperCase()]) {
      expect(await ask(query, token, { id: key })).toEqual({ status: 200, data: { order: expected } });
    }
    expect((await ask(query, world.adminToken(), { id })).data?.['order']).toEqual(expected);
    expect(await ask(query, world.aBuyer().token, { id })).toEqual({ status: 200, data: { order: null } });
  });

  it.each(['abc', '0', '-1', '1.5', '9007199254740992', ''])('refuses %j for an id', async (id) => {
    const { token } = world.aBuyer();
    expect(await ask('query ($id: ID!) { order(id: $id) { id } }', token, { id })).toMatchObject({
      errors: [{ message: 'invalid id', extensions: { code: 'BAD_USER_INPUT', field: 'id' } }],
    });
  });

  it('is for those who say who they are', async () => {
    expect(code(await ask('{ order(id: "1") { id } }'))).toBe('UNAUTHENTICATED');
    expect((await ask('{ order(id: "1") { id } }', 'forged.token.here')).status).toBe(401);
  });
});

describe('lists of orders', () => {
  const PAGE = `query ($first: Int, $after: String, $status: OrderStatus) {
    orders(first: $first, after: $after, status: $status) {
      edges { cursor node { uuid } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
  interface Page {
    edges: { cursor: string; node: { uuid: string } }[];
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string };
  }

  it('come newest first, in pages that neither overlap nor leave out', async () => {
    const { userId, token } = world.aBuyer();
    const uuids = (await world.keep(userId, 5)).toReversed();
    const seen: string[] = [];
    let after: string | null = null;
    for (const more of [true, true, false]) {
      const { data } = await ask(PAGE, token, { first: 2, after });
      const page = data?.['orders'] as unknown as Page;
      seen.push(...page.edges.map(({ node }) => node.uuid));
      expect(page.pageInfo).toMatchObject({ hasNextPage: more, hasPreviousPage: after !== null });
      after = page.pageInfo.endCursor;
    }
    expect(seen).toEqual(uuids);
  });

  it('can be of one status', async () => {
    const { userId, token } = world.aBuyer();
    const [uuid] = await world.keep(userId, 2);
    await ask('mutation ($id: ID!) { cancelOrder(id: $id) { id } }', token, { id: uuid });
    const { data } = await ask(PAGE, token, { status: 'CANCELLED' });
    expect(data).toMatchObject({ orders: { edges: [{ node: { uuid } }] } });
  });

  it.each([
    [{ first: 0 }, 'first'],
    [{ first: 101 }, 'first'],
    [{ after: 'nonsense' }, 'after'],
    [{ after: Buffer.from('-1').toString('base64url') }, 'after'],
  ])('refuse %j', async (variables, field) => {
    const answer = await ask(PAGE, world.aBuyer().token, variables);
    expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field } }]);
  });

  it('of everybody are for admins, and can be of one user', async () => {
    const { userId, token } = world.aBuyer();
    const uuids = await world.keep(userId, 2);
    const query = 'query ($userId: ID) { allOrders(userId: $userId) { edges { node { uuid } } } }';
    expect(code(await ask(query, token))).toBe('FORBIDDEN');
    expect(code(await ask(query, world.adminToken(), { userId: 'x' }))).toBe('BAD_USER_INPUT');
    expect((await ask(query, world.adminToken(), { userId })).data).toEqual({
      allOrders: { edges: uuids.toReversed().map((uuid) => ({ node: { uuid } })) },
    });
  });
});

describe('changing an order', () => {
  const CANCEL = 'mutation ($id: ID!) { cancelOrder(id: $id) { status cancellationReason version } }';
  const MOVE = `mutation ($id: ID!, $status: OrderStatus!) { updateOrderStatus(id: $id, status: $status) { status version } }`;

  it('its owner cancels it while it is PENDING, and only then', async () => {
    const { token } = world.aBuyer();
    const { id } = await world.place(orders, token);
    expect((await ask(CANCEL, token, { id })).data).toEqual({
      cancelOrder: { status: 'CANCELLED', cancellationReason: 'CANCELLED_BY_CUSTOMER', version: 2 },
    });
    expect(await ask(CANCEL, token, { id })).toMatchObject({
      errors: [{ message: 'an order that is Cancelled cannot be cancelled', extensions: { code: 'CONFLICT' } }],
    });
  });

  it('an order that is absent, or somebody else’s, is NOT_FOUND', async () => {
    const { id } = await world.place(orders, world.aBuyer().token);
    const { token } = world.aBuyer();
    expect(code(await ask(CANCEL, token, { id }))).toBe('NOT_FOUND');
    expect(code(await ask(CANCEL, token, { id: '999999999' }))).toBe('NOT_FOUND');
    expect(code(await ask(CANCEL, world.adminToken(), { id }))).toBe('FORBIDDEN');
  });

  it('an admin moves it from PAID to SHIPPED to DELIVERED; any other step is a CONFLICT', async () => {
    const { token } = world.aBuyer();
    const { id, uuid } = await world.place(orders, token);
    const move = (status: string, by = world.adminToken()) => ask(MOVE, by, { id, status });
    expect(code(await move('SHIPPED'))).toBe('CONFLICT');
    await paid(uuid);
    for (const status of ['PENDING', 'PAID', 'DELIVERED']) expect(code(await move(status))).toBe('CONFLICT');
    expect(code(await move('SHIPPED', token))).toBe('FORBIDDEN');
    expect((await move('SHIPPED')).data).toEqual({ updateOrderStatus: { status: 'SHIPPED', version: 3 } });
    expect((await move('DELIVERED')).data).toEqual({ updateOrderStatus: { status: 'DELIVERED', version: 4 } });
  });
});

describe('entities of other subgraphs’ answers', () => {
  const ENTITIES = `query ($of: [_Any!]!) { _entities(representations: $of) {
    ... on Order { uuid } ... on OrderItem { name } ... on User { orders(first: 1) { edges { node { uuid } } } } } }`;

  it('are found by every key, and only by those who may see them', async () => {
    const { userId, token } = world.aBuyer();
    const { id, uuid } = await world.place(orders, token);
    const [item] = await world.sql<{ id: string }>('select id from order_items where order_id = $1 order by id', [id]);
    const of = [
      { __typename: 'Order', id },
      { __typename: 'Order', uuid },
      { __typename: 'OrderItem', id: item?.id },
      { __typename: 'User', id: String(userId) },
      { __typename: 'Order', id: 'nonsense' },
    ];
    const user = { orders: { edges: [{ node: { uuid } }] } };
    expect((await ask(ENTITIES, token, { of })).data).toEqual({
      _entities: [{ uuid }, { uuid }, { name: 'Tea' }, user, null],
    });
    const hidden = { _entities: [null, null, null, { orders: null }, null] };
    expect((await ask(ENTITIES, world.aBuyer().token, { of })).data).toEqual(hidden);
    expect((await ask(ENTITIES, undefined, { of })).data).toEqual(hidden);
  });

  it('are null under keys that can be none, and the others beside them are found', async () => {
    const { token } = world.aBuyer();
    const { id, uuid } = await world.place(orders, token);
    const odd = [null, true, 1.5, { toString: 1 }, [id], '', '99999999999999999999'];
    const of = [
      ...odd.flatMap((key) => ['Order', 'OrderItem', 'User'].map((__typename) => ({ __typename, id: key }))),
      ...[5, uuid.slice(1), [uuid], null].map((key) => ({ __typename: 'Order', uuid: key })),
      { __typename: 'Order', id: Number(id) },
    ];
    const { data, errors } = await ask(ENTITIES, token, { of });
    expect(errors).toBeUndefined();
    expect(data).toEqual({ _entities: [...Array.from({ length: 25 }, () => null), { uuid }] });
  });
});

describe('the number of SQL statements', () => {
  /** The statements about orders that an operation sends. The service's own polling goes on, so the least of some runs counts. */
  const statements = async (operation: () => Promise<{ errors?: unknown }>) => {
    const runs: number[] = [];
    for (let run = 0; run < 5; run += 1) runs.push(await sent(operation));
    return Math.min(...runs);
  };
  const sent = async (operation: () => Promise<{ errors?: unknown }>) => {
    meter.take();
    const { errors } = await operation();
    const said = meter.take();
    expect(errors).toBeUndefined();
    return [...said].reduce((sum, [shape, { count }]) => sum + (/^select .*order/.test(shape) ? count : 0), 0);
  };

  it('is the same for 1 order and for 50', async () => {
    const { userId, token } = world.aBuyer();
    await world.keep(userId, 60);
    const query = `query ($first: Int) { orders(first: $first) { edges { node {
      items { name subtotal product { id } } timeline { type } user { id } } } } }`;
    expect(await statements(() => ask(query, token, { first: 1 }))).toBe(3);
    expect(await statements(() => ask(query, token, { first: 50 }))).toBe(3);
  });

  it('is the same for one user’s orders and for those of 50', async () => {
    const users = Array.from({ length: 50 }, () => world.aBuyer().userId);
    for (const userId of users) await world.keep(userId, 3);
    const query = `query ($of: [_Any!]!) { _entities(representations: $of) {
      ... on User { orders(first: 2) { edges { node { uuid items { name } } } } } } }`;
    const of = users.map((userId) => ({ __typename: 'User', id: String(userId) }));
    const admin = world.adminToken();
    expect(await statements(() => ask(query, admin, { of: of.slice(0, 1) }))).toBe(2);
    expect(await statements(() => ask(query, admin, { of }))).toBe(2);
  });

  it('is the same for one reference and for 50', async () => {
    const { userId, token } = world.aBuyer();
    const of = (await world.keep(userId, 50)).map((uuid) => ({ __typename: 'Order', uuid }));
    const query =
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Order { status items { name } } } }';
    expect(await statements(() => ask(query, token, { of: of.slice(0, 1) }))).toBe(2);
    expect(await statements(() => ask(query, token, { of }))).toBe(2);
  });
});
