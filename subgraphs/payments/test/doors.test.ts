import { jest } from '@jest/globals';
import { PaymentStore } from '../src/persistence/payment.store.js';
import { anOrder } from './an-order.js';
import { PaymentsService } from './payments-service.js';
import { eventually } from '../../../tests/support/eventually.js';
import { graphqlRequest } from '../../../tests/support/graphql-client.js';

let service: PaymentsService;
const order = anOrder({ userId: 7 });
beforeAll(async () => {
  service = await PaymentsService.start();
  await service.request(order);
  await eventually(() => expect(service.announced(order)).toEqual(['order.paid']));
});
afterAll(() => service.stop());

const owner = () => service.auth.token({ userId: 7 });
const stranger = () => service.auth.token({ userId: 8 });
const admin = () => service.auth.token({ userId: 1, role: 'ADMIN' });

describe('GET /payments/:order_uuid', () => {
  const get = async (uuid: string, token?: string) => {
    const answer = await service.get(`/payments/${uuid}`, token);
    return [answer.status, await answer.json()];
  };
  const shown = {
    id: expect.any(Number),
    order_uuid: order.order_uuid,
    amount: order.total,
    currency: 'VND',
    provider: 'simulated',
    status: 'SUCCEEDED',
    failure_reason: null,
    created_at: expect.any(String),
    updated_at: expect.any(String),
  };

  it('shows it to its owner, to an admin, and under an uppercase uuid', async () => {
    expect(await get(order.order_uuid, owner())).toEqual([200, shown]);
    expect(await get(order.order_uuid, admin())).toEqual([200, shown]);
    expect(await get(order.order_uuid.toUpperCase(), owner())).toEqual([200, shown]);
  });

  it('is not found for anybody else, for an unknown order, and for what is no uuid', async () => {
    const absent = [404, { error: 'not found' }];
    expect(await get(order.order_uuid, stranger())).toEqual(absent);
    expect(await get(anOrder().order_uuid, owner())).toEqual(absent);
    expect(await get('not-a-uuid', owner())).toEqual(absent);
  });

  it('needs a valid token', async () => {
    expect(await get(order.order_uuid)).toEqual([401, { error: 'missing authorization header' }]);
    expect(await get(order.order_uuid, 'nonsense')).toEqual([401, { error: 'invalid token' }]);
    const expired = service.auth.token({ userId: 7, expiresInSeconds: -1 });
    expect(await get(order.order_uuid, expired)).toEqual([401, { error: 'invalid token' }]);
  });

  it('says in the OpenAPI document what it is', async () => {
    const document = (await (await service.get('/swagger/json')).json()) as { paths: object };
    expect(Object.keys(document.paths)).toEqual(['/payments/{order_uuid}']);
  });
});

describe('GraphQL', () => {
  const ask = (query: string, variables: Record<string, unknown>, token?: string) =>
    graphqlRequest(`${service.url}/graphql`, query, variables, token);
  const payment =
    'query ($uuid: ID!) { payment(orderUuid: $uuid) { id amount status provider failureReason createdAt order { uuid } } }';
  const entities = `query ($of: [_Any!]!) { _entities(representations: $of) {
    ... on Order { uuid payment { id status amount } } ... on Payment { id status } } }`;

  it('shows a payment to its owner and to an admin, and null to anybody else', async () => {
    const shown = {
      id: expect.any(String),
      amount: order.total,
      status: 'SUCCEEDED',
      provider: 'simulated',
      failureReason: null,
      createdAt: expect.any(String),
      order: { uuid: order.order_uuid },
    };
    expect((await ask(payment, { uuid: order.order_uuid }, owner())).data).toEqual({ payment: shown });
    expect((await ask(payment, { uuid: order.order_uuid }, admin())).data).toEqual({ payment: shown });
    for (const [uuid, token] of [
      [order.order_uuid, stranger()],
      [anOrder().order_uuid, owner()],
    ]) {
      const { data, errors } = await ask(payment, { uuid }, token);
      expect([data, errors]).toEqual([{ payment: null }, undefined]);
    }
  });

  it.each(['nonsense', '', '5', "' or 1=1"])('says that %j is no uuid', async (uuid) => {
    const extensions = { code: 'BAD_USER_INPUT', field: 'orderUuid' };
    expect((await ask(payment, { uuid }, owner())).errors).toMatchObject([{ message: 'invalid id', extensions }]);
  });

  it('answers null for keys that can be none, and the others beside them', async () => {
    const odd = [5, null, { toString: 1 }, ['x'], 'x', '', [order.order_uuid]];
    const of = [
      ...odd.map((uuid) => ({ __typename: 'Order', uuid })),
      ...odd.slice(1).map((id) => ({ __typename: 'Payment', id })),
      { __typename: 'Order', uuid: order.order_uuid.toUpperCase() },
    ];
    const { data, errors } = await ask(entities, { of }, owner());
    const shown = { uuid: order.order_uuid.toUpperCase(), payment: { status: 'SUCCEEDED' } };
    expect([data?.['_entities'], errors]).toMatchObject([
      [...Array.from({ length: 13 }, () => null), shown],
      undefined,
    ]);
  });

  it('is for those who prove who they are', async () => {
    const { errors } = await ask(payment, { uuid: order.order_uuid });
    expect(errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED' });
    const refused = await ask(payment, { uuid: order.order_uuid }, 'forged');
    expect([refused.status, refused.errors?.[0]?.extensions]).toEqual([401, { code: 'UNAUTHENTICATED' }]);
    const reference = { __typename: 'Order', uuid: order.order_uuid };
    expect((await ask(entities, { of: [reference] })).errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED' });
  });

  it("adds the payment to an order: null before the charge, and somebody else's", async () => {
    const unpaid = anOrder();
    const of = [order, unpaid].map(({ order_uuid: uuid }) => ({ __typename: 'Order', uuid }));
    const own = await ask(entities, { of }, owner());
    expect([own.data, own.errors]).toEqual([
      {
        _entities: [
          { uuid: order.order_uuid, payment: { id: expect.any(String), status: 'SUCCEEDED', amount: order.total } },
          { uuid: unpaid.order_uuid, payment: null },
        ],
      },
      undefined,
    ]);
    const others = await ask(entities, { of: of.slice(0, 1) }, stranger());
    expect(others.data).toEqual({ _entities: [{ uuid: order.order_uuid, payment: null }] });
  });

  it('finds a payment by its id, for those who may see it', async () => {
    const { data } = await ask(payment, { uuid: order.order_uuid }, owner());
    const reference = { __typename: 'Payment', id: data?.['payment']?.['id'] };
    expect((await ask(entities, { of: [reference] }, owner())).data).toEqual({
      _entities: [{ id: reference.id, status: 'SUCCEEDED' }],
    });
    expect((await ask(entities, { of: [reference] }, stranger())).data).toEqual({ _entities: [null] });
    expect((await ask(entities, { of: [{ ...reference, id: 'x' }] }, owner())).data).toEqual({ _entities: [null] });
  });

  it('asks the database once for any number of orders', async () => {
    const statements = jest.spyOn(PaymentStore.prototype, 'findByOrders');
    for (const count of [1, 50]) {
      statements.mockClear();
      const of = Array.from({ length: count }, () => ({ __typename: 'Order', uuid: anOrder().order_uuid }));
      await ask(entities, { of }, owner());
      expect(statements).toHaveBeenCalledTimes(1);
    }
    statements.mockRestore();
  });
});
