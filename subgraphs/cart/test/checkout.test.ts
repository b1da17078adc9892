import { randomUUID } from 'node:crypto';
import { signServiceToken, USER_CHALLENGE } from '@shop/shared/auth/service-identity';
import { aProduct } from './a-product.js';
import { CartService, itemsOf, ordersSecret, quantitiesOf, sameMessage } from './cart-service.js';
import { eventually } from '../../../tests/support/eventually.js';

let service: CartService;
const tea = aProduct({ name: 'Tea', price: 30_000, stock: 10_000 });
const cup = aProduct({ name: 'Cup', price: 50_000, stock: 10_000 });
beforeAll(async () => {
  service = await CartService.start();
  await service.know(tea, cup);
});
afterAll(() => service.stop());

/** A user whose cart holds two teas and a cup. */
async function aShopper(): Promise<number> {
  const userId = service.newUser();
  await service.add(userId, tea, 2);
  await service.add(userId, cup, 1);
  return userId;
}
const both = [
  { product_id: tea.id, name: 'Tea', quantity: 2, price: 30_000 },
  { product_id: cup.id, name: 'Cup', quantity: 1, price: 50_000 },
];
const state = (orderUuid: string) => service.checkoutState(orderUuid);
const becomes = (orderUuid: string, expected: string) =>
  eventually(async () => expect(await state(orderUuid)).toBe(expected));

describe('a checkout', () => {
  it('takes what is in the cart, at the price that the cart shows, and empties it', async () => {
    const userId = await aShopper();
    const orderUuid = randomUUID();
    expect(await service.checkout(orderUuid, userId)).toEqual({ status: 200, body: { items: both } });
    expect(await service.held(userId)).toEqual([]);
  });

  it('repeated, 20 times in parallel: the same answer, also after the cart was filled again', async () => {
    const userId = await aShopper();
    const orderUuid = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => service.checkout(orderUuid, userId)));
    for (const answer of answers) expect(answer).toEqual({ status: 200, body: { items: both } });
    await service.add(userId, cup, 5);
    await service.know(aProduct());
    expect(await service.checkout(orderUuid, userId)).toEqual({ status: 200, body: { items: both } });
    expect(await service.quantities(userId)).toEqual({ [cup.id]: 5 });
  });

  it('of an empty cart answers nothing, and keeps to that answer', async () => {
    const userId = service.newUser();
    const orderUuid = randomUUID();
    expect(await service.checkout(orderUuid, userId)).toEqual({ status: 200, body: { items: [] } });
    await service.add(userId, tea);
    expect(await service.checkout(orderUuid, userId)).toEqual({ status: 200, body: { items: [] } });
    expect(await service.quantities(userId)).toEqual({ [tea.id]: 1 });
  });

  it("of another user's uuid is refused", async () => {
    const userId = await aShopper();
    const orderUuid = randomUUID();
    await service.checkout(orderUuid, userId);
    expect((await service.checkout(orderUuid, service.newUser())).status).toBe(409);
  });

  it('is for the orders service alone', async () => {
    const userId = await aShopper();
    const refused = (error: string) => ({ status: 401, body: { error } });
    const body = { order_uuid: randomUUID(), user_id: userId };
    expect(await service.rest('POST', '/cart/checkout', undefined, body)).toEqual(
      refused('missing authorization header'),
    );
    const identity = { secret: ordersSecret, issuer: 'orders', audience: 'cart' };
    for (const token of [
      service.token(userId),
      service.auth.token({ userId: 1, role: 'ADMIN' }),
      signServiceToken({ ...identity, issuer: 'products' }),
      signServiceToken({ ...identity, audience: 'payments' }),
      signServiceToken({ ...identity, secret: 'some-other-secret-altogether' }),
    ]) {
      expect(await service.checkout(body.order_uuid, userId, token)).toEqual(refused('invalid token'));
    }
    expect(await service.held(userId)).toHaveLength(2);
  });

  it('is for a user who asks for it: orders takes no cart by its own word', async () => {
    const userId = await aShopper();
    const [uuid, other] = [randomUUID(), service.newUser()];
    const expired = service.auth.token({ userId, expiresInSeconds: -1 });
    for (const token of [service.token(other), service.auth.token({ userId: other, role: 'ADMIN' })])
      expect((await service.checkout(uuid, userId, undefined, token)).status).toBe(403);
    for (const token of [expired, service.ordersToken(), 'nonsense'])
      expect((await service.checkout(uuid, userId, undefined, token)).status).toBe(401);
    const body = { order_uuid: uuid, user_id: userId };
    for (const more of [{}, { 'x-user-id': String(userId) }] as Record<string, string>[])
      expect((await service.rest('POST', '/cart/checkout', service.ordersToken(), body, more)).status).toBe(401);
    expect(await service.held(userId)).toHaveLength(2);
    expect(await state(uuid)).toBeUndefined();
  });

  it("says whose token it does not accept: the user's, or that of orders", async () => {
    const userId = await aShopper();
    const challengeTo = async (ordersToken: string, userToken: string) => {
      const response = await fetch(`${service.url}/cart/checkout`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${ordersToken}`,
          'x-user-authorization': `Bearer ${userToken}`,
        },
        body: JSON.stringify({ order_uuid: randomUUID(), user_id: userId }),
      });
      await response.body?.cancel();
      return [response.status, response.headers.get('www-authenticate')];
    };
    expect(await challengeTo(service.ordersToken(), 'nonsense')).toEqual([401, USER_CHALLENGE]);
    expect(await challengeTo('nonsense', service.token(userId))).toEqual([401, null]);
  });

  it.each([
    ['no uuid', { order_uuid: 'one', user_id: 1 }],
    ['no user', { order_uuid: randomUUID() }],
    ['a user that is no id', { order_uuid: randomUUID(), user_id: 'x' }],
    ['nothing', undefined],
  ])('with %s is a bad request', async (_what, body) => {
    const answer = await service.rest('POST', '/cart/checkout', service.ordersToken(), body);
    expect(answer).toEqual({ status: 400, body: { error: expect.any(String) } });
  });

  it('two of one cart in parallel, 20 times: the items are in exactly one', async () => {
    for (let round = 0; round < 20; round += 1) {
      const userId = await aShopper();
      const answers = await Promise.all([1, 2, 3].map(() => service.checkout(randomUUID(), userId)));
      const counts = answers.map((answer) => itemsOf(answer).length).toSorted();
      expect(counts).toEqual([0, 0, 2]);
      expect(await service.held(userId)).toEqual([]);
    }
  });

  it('that races with edits, 50 times: nothing is lost, nothing doubled', async () => {
    for (let round = 0; round < 50; round += 1) {
      const userId = await aShopper();
      const [first, , second] = await Promise.all([
        service.checkout(randomUUID(), userId),
        service.add(userId, tea, 3),
        service.checkout(randomUUID(), userId),
        service.add(userId, cup, 4),
        service.add(userId, tea, 5),
      ]);
      const places = [quantitiesOf(first), quantitiesOf(second), await service.quantities(userId)];
      const everywhere = (id: number) => places.reduce((sum, place) => sum + (place[id] ?? 0), 0);
      expect([everywhere(tea.id), everywhere(cup.id)]).toEqual([10, 5]);
    }
  });
});

describe('order.requested', () => {
  it('ends the checkout for good: the same answer, and an abandonment after it gives nothing back', async () => {
    const userId = await aShopper();
    const orderUuid = randomUUID();
    await service.checkout(orderUuid, userId);
    await service.requestOrder(orderUuid, userId, both);
    await becomes(orderUuid, 'closed');
    await service.abandon(orderUuid, userId);
    const other = randomUUID();
    await service.abandon(other, userId);
    await becomes(other, 'abandoned');
    expect(await state(orderUuid)).toBe('closed');
    expect(await service.held(userId)).toEqual([]);
    await service.add(userId, tea);
    expect(await service.checkout(orderUuid, userId)).toEqual({ status: 200, body: { items: both } });
    expect(await service.quantities(userId)).toEqual({ [tea.id]: 1 });
  });

  it('of a checkout that was never asked for closes it: it takes nothing any more', async () => {
    const userId = await aShopper();
    const orderUuid = randomUUID();
    await service.requestOrder(orderUuid, userId, both);
    await becomes(orderUuid, 'closed');
    expect(await service.checkout(orderUuid, userId)).toEqual({
      status: 409,
      body: { error: 'this checkout is closed' },
    });
    expect(await service.held(userId)).toHaveLength(2);
  });
});

describe('checkout.abandoned', () => {
  const refused = { status: 409, body: { error: 'this checkout was abandoned' } };

  it('gives the items back, on top of what is in the cart by now', async () => {
    const userId = await aShopper();
    const orderUuid = randomUUID();
    await service.checkout(orderUuid, userId);
    await service.add(userId, tea, 3);
    await service.abandon(orderUuid, userId);
    await eventually(async () => expect(await service.quantities(userId)).toEqual({ [tea.id]: 5, [cup.id]: 1 }));
    expect(await service.checkout(orderUuid, userId)).toEqual(refused);
    const next = await service.checkout(randomUUID(), userId);
    expect(quantitiesOf(next)).toEqual({ [tea.id]: 5, [cup.id]: 1 });
  });

  it('gives back once, however often it comes', async () => {
    const userId = await aShopper();
    const orderUuid = randomUUID();
    await service.checkout(orderUuid, userId);
    const same = sameMessage();
    await Promise.all(
      Array.from({ length: 8 }, (_, n) => service.abandon(orderUuid, userId, n < 4 ? same : undefined)),
    );
    await becomes(orderUuid, 'abandoned');
    const last = randomUUID();
    await service.abandon(last, userId);
    await becomes(last, 'abandoned');
    expect(await service.quantities(userId)).toEqual({ [tea.id]: 2, [cup.id]: 1 });
  });

  it('gives back no more than a quantity can be', async () => {
    const userId = service.newUser();
    const orderUuid = randomUUID();
    await service.add(userId, tea, 9_000);
    await service.checkout(orderUuid, userId);
    await service.add(userId, tea, 2_000);
    await service.abandon(orderUuid, userId);
    await eventually(async () => expect(await service.quantities(userId)).toEqual({ [tea.id]: 10_000 }));
  });

  it('that comes before its checkout: the checkout is refused, and the cart keeps its items', async () => {
    const userId = await aShopper();
    const orderUuid = randomUUID();
    await service.abandon(orderUuid, userId);
    await becomes(orderUuid, 'abandoned');
    expect(await service.checkout(orderUuid, userId)).toEqual(refused);
    expect(await service.held(userId)).toHaveLength(2);
  });

  it('of an empty checkout gives nothing back, and refuses it from then on', async () => {
    const userId = service.newUser();
    const orderUuid = randomUUID();
    await service.checkout(orderUuid, userId);
    await service.abandon(orderUuid, userId);
    await becomes(orderUuid, 'abandoned');
    expect(await service.checkout(orderUuid, userId)).toEqual(refused);
    expect(await service.held(userId)).toEqual([]);
  });

  it('that races with its checkout and with edits, 50 times: every item ends in the cart', async () => {
    const rounds = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const userId = await aShopper();
        const orderUuid = randomUUID();
        await Promise.all([
          service.checkout(orderUuid, userId),
          service.abandon(orderUuid, userId),
          service.add(userId, tea, 1),
          service.checkout(orderUuid, userId),
        ]);
        return { userId, orderUuid };
      }),
    );
    for (const { userId, orderUuid } of rounds) {
      await becomes(orderUuid, 'abandoned');
      expect(await service.quantities(userId)).toEqual({ [tea.id]: 3, [cup.id]: 1 });
    }
  });

  it('gives back no product that was deleted meanwhile', async () => {
    const gone = aProduct();
    await service.know(gone);
    const userId = await aShopper();
    await service.add(userId, gone);
    const orderUuid = randomUUID();
    await service.checkout(orderUuid, userId);
    await service.announce('deleted', { ...gone, version: 2 });
    await eventually(async () => expect(await service.snapshot(gone.id)).toMatchObject({ deleted: true }));
    await service.abandon(orderUuid, userId);
    await eventually(async () => expect(await service.quantities(userId)).toEqual({ [tea.id]: 2, [cup.id]: 1 }));
  });
});
