import { jest } from '@jest/globals';
import { CartStore } from '../src/persistence/cart.store.js';
import { aProduct } from './a-product.js';
import { CartService } from './cart-service.js';

let service: CartService;
const tea = aProduct({ price: 30_000, stock: 50 });
const cup = aProduct({ price: 50_000, stock: 2 });
beforeAll(async () => {
  service = await CartService.start();
  await service.know(tea, cup);
});
afterAll(() => service.stop());

const failed = (status: number, error: string) => ({ status, body: { error } });

describe('REST', () => {
  it('adds, shows, changes and removes items of the own cart', async () => {
    const token = service.token(service.newUser());
    expect(await service.rest('GET', '/cart', token)).toEqual({ status: 200, body: [] });
    const item = { id: expect.any(Number), product_id: tea.id, quantity: 2, price: 30_000, subtotal: 60_000 };
    const added = await service.rest('POST', '/cart', token, { product_id: tea.id, quantity: 2, colour: 'ignored' });
    expect(added).toEqual({ status: 201, body: item });
    const more = await service.rest('POST', '/cart', token, { product_id: tea.id, quantity: 1 });
    expect(more.body).toEqual({ ...item, quantity: 3, subtotal: 90_000 });
    const { id } = added.body as { id: number };
    expect(await service.rest('PUT', `/cart/${id}`, token, { quantity: 5 })).toEqual({
      status: 200,
      body: { ...item, id, quantity: 5, subtotal: 150_000 },
    });
    expect(await service.rest('DELETE', `/cart/${id}`, token)).toEqual({ status: 204, body: undefined });
    expect(await service.rest('DELETE', `/cart/${id}`, token)).toEqual(failed(404, 'item not found'));
    expect(await service.rest('PUT', `/cart/${id}`, token, { quantity: 1 })).toEqual(
      failed(404, 'item not found in cart'),
    );
    await service.rest('POST', '/cart', token, { product_id: tea.id, quantity: 1 });
    expect((await service.rest('DELETE', '/cart', token)).status).toBe(204);
    expect((await service.rest('GET', '/cart', token)).body).toEqual([]);
  });

  it('refuses more than there is in stock', async () => {
    const token = service.token(service.newUser());
    const short = failed(400, 'insufficient stock');
    expect(await service.rest('POST', '/cart', token, { product_id: cup.id, quantity: 3 })).toEqual(short);
    const { body } = await service.rest('POST', '/cart', token, { product_id: cup.id, quantity: 2 });
    expect(await service.rest('POST', '/cart', token, { product_id: cup.id, quantity: 1 })).toEqual(short);
    const { id } = body as { id: number };
    expect(await service.rest('PUT', `/cart/${id}`, token, { quantity: 3 })).toEqual(short);
  });

  it("leaves other people's items alone", async () => {
    const [owner, stranger] = [service.newUser(), service.newUser()];
    const { id } = (await service.add(owner, tea, 2)).body as { id: number };
    const token = service.token(stranger);
    expect(await service.rest('DELETE', `/cart/${id}`, token)).toEqual(failed(404, 'item not found'));
    expect(await service.rest('PUT', `/cart/${id}`, token, { quantity: 9 })).toEqual(
      failed(404, 'item not found in cart'),
    );
    expect(await service.rest('DELETE', '/cart', token)).toEqual({ status: 204, body: undefined });
    expect(await service.quantities(owner)).toEqual({ [tea.id]: 2 });
  });

  it.each([
    { product_id: 1, quantity: 0 },
    { product_id: 1, quantity: -1 },
    { product_id: 1, quantity: 10_001 },
    { product_id: 1, quantity: 1.5 },
    { product_id: 1, quantity: '2' },
    { product_id: 1 },
    { product_id: 'x', quantity: 1 },
    { product_id: 2 ** 53, quantity: 1 },
    { quantity: 1 },
    [],
    undefined,
  ])('refuses to add %j', async (body) => {
    const answer = await service.rest('POST', '/cart', service.token(service.newUser()), body);
    expect(answer).toEqual(failed(400, expect.any(String) as never));
  });

  it.each([
    [0, 'product not found'],
    [-1, 'product not found'],
    [2 ** 53, 'product not found'],
    [1.5, 'invalid id'],
    ['x', 'invalid id'],
  ])('says of the product id %j the same at both doors', async (id, sentence) => {
    const token = service.token(service.newUser());
    const rest = await service.rest('POST', '/cart', token, { product_id: id, quantity: 1 });
    expect(rest).toEqual(failed(400, sentence));
    const add = 'mutation ($id: ID!) { addToCart(productId: $id) { id } }';
    const { errors } = await service.graphql(add, { id: String(id) }, token);
    expect(errors?.[0]?.message).toBe(sentence);
  });

  it.each(['x', '0', '-1', '1.5', '9007199254740992'])('calls %s no id', async (id) => {
    const token = service.token(service.newUser());
    expect(await service.rest('DELETE', `/cart/${id}`, token)).toEqual(failed(400, 'invalid id'));
    expect(await service.rest('PUT', `/cart/${id}`, token, { quantity: 1 })).toEqual(failed(400, 'invalid id'));
  });

  it('needs a valid token everywhere', async () => {
    for (const [method, path, body] of [
      ['GET', '/cart'],
      ['POST', '/cart', { product_id: tea.id, quantity: 1 }],
      ['POST', '/cart', { product_id: 'nonsense' }],
      ['PUT', '/cart/1', { quantity: 1 }],
      ['PUT', '/cart/nonsense', {}],
      ['DELETE', '/cart/1'],
      ['DELETE', '/cart'],
    ] as const) {
      expect(await service.rest(method, path, undefined, body)).toEqual(failed(401, 'missing authorization header'));
      expect(await service.rest(method, path, 'nonsense', body)).toEqual(failed(401, 'invalid token'));
    }
  });

  it('describes its public routes, and not the checkout', async () => {
    const { body } = await service.rest('GET', '/swagger/json');
    expect(Object.keys((body as { paths: object }).paths).toSorted()).toEqual(['/cart', '/cart/{id}']);
  });

  it('holds more than a hundred different products', async () => {
    const products = Array.from({ length: 101 }, () => aProduct({ stock: 1 }));
    await service.know(...products);
    const userId = service.newUser();
    const answers = await Promise.all(products.map((product) => service.add(userId, product, 1)));
    expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
    const { body } = await service.rest('GET', '/cart', service.token(userId));
    expect(body).toHaveLength(101);
  });

  it('loses nothing when one product is added 20 times at once', async () => {
    const userId = service.newUser();
    const answers = await Promise.all(Array.from({ length: 20 }, () => service.add(userId, tea, 1)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201));
    expect(await service.quantities(userId)).toEqual({ [tea.id]: 20 });
  });
});

describe('GraphQL', () => {
  const cartFields = '{ id itemCount total currency items { id quantity price subtotal product { id } } }';
  const add = `mutation ($id: ID!, $quantity: Int! = 1) { addToCart(productId: $id, quantity: $quantity) ${cartFields} }`;
  const update = `mutation ($id: ID!, $quantity: Int!) { updateCartItem(id: $id, quantity: $quantity) ${cartFields} }`;
  const remove = `mutation ($id: ID!) { removeFromCart(id: $id) ${cartFields} }`;
  const entities = `query ($of: [_Any!]!) { _entities(representations: $of) {
    ... on Cart { id itemCount } ... on CartItem { id quantity } } }`;
  interface CartData {
    id: string;
    items: { id: string; quantity: number }[];
  }

  it('gives everybody a cart, empty at first', async () => {
    const userId = service.newUser();
    const { data } = await service.graphql(`{ cart ${cartFields} }`, {}, service.token(userId));
    expect(data).toEqual({ cart: { id: String(userId), itemCount: 0, total: 0, currency: 'VND', items: [] } });
  });

  it('adds, changes and removes items, and empties the cart', async () => {
    const token = service.token(service.newUser());
    const added = await service.graphql<{ addToCart: CartData }>(add, { id: String(tea.id) }, token);
    expect(added.data?.addToCart).toMatchObject({
      itemCount: 1,
      total: 30_000,
      items: [{ quantity: 1, price: 30_000, subtotal: 30_000, product: { id: String(tea.id) } }],
    });
    await service.graphql(add, { id: String(cup.id), quantity: 2 }, token);
    const id = added.data?.addToCart.items[0]?.id;
    const updated = await service.graphql(update, { id, quantity: 4 }, token);
    expect(updated.data?.['updateCartItem']).toMatchObject({ itemCount: 6, total: 220_000 });
    const removed = await service.graphql(remove, { id }, token);
    expect(removed.data?.['removeFromCart']).toMatchObject({ itemCount: 2, total: 100_000 });
    const cleared = await service.graphql(`mutation { clearCart ${cartFields} }`, {}, token);
    expect(cleared.data?.['clearCart']).toMatchObject({ itemCount: 0, items: [] });
  });

  it.each([
    ['a quantity of 0', add, { id: String(tea.id), quantity: 0 }, 'BAD_USER_INPUT', 'quantity'],
    ['a quantity of -1', add, { id: String(tea.id), quantity: -1 }, 'BAD_USER_INPUT', 'quantity'],
    ['a quantity of 10^9', add, { id: String(tea.id), quantity: 1e9 }, 'BAD_USER_INPUT', 'quantity'],
    ['a quantity past the range of Int', add, { id: String(tea.id), quantity: 1e10 }, 'BAD_USER_INPUT', 'quantity'],
    ['more than the stock', add, { id: String(cup.id), quantity: 3 }, 'BAD_USER_INPUT', 'quantity'],
    ['an unknown product', add, { id: '999999' }, 'NOT_FOUND', undefined],
    ['a product id that is none', add, { id: "1' or 1=1" }, 'BAD_USER_INPUT', 'productId'],
    ['an unknown item to change', update, { id: '999999', quantity: 1 }, 'NOT_FOUND', undefined],
    ['an item id to change that is none', update, { id: 'x', quantity: 1 }, 'BAD_USER_INPUT', 'id'],
    ['an item id to remove that is none', remove, { id: '0' }, 'BAD_USER_INPUT', 'id'],
    ['an unknown item to remove', remove, { id: '999999' }, 'NOT_FOUND', undefined],
  ])('answers %s with a code', async (_what, query, variables, code, field) => {
    const { errors } = await service.graphql(query, variables, service.token(service.newUser()));
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.extensions).toEqual({ code, ...(field && { field }) });
  });

  it('is for those who prove who they are', async () => {
    for (const query of [`{ cart ${cartFields} }`, `mutation { clearCart ${cartFields} }`]) {
      expect((await service.graphql(query, {})).errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED' });
    }
  });

  it("resolves references to the caller's own cart and items only", async () => {
    const [owner, stranger] = [service.newUser(), service.newUser()];
    const { id } = (await service.add(owner, tea, 2)).body as { id: number };
    const of = [
      { __typename: 'Cart', id: String(owner) },
      { __typename: 'CartItem', id: String(id) },
      { __typename: 'CartItem', id: 'x' },
      { __typename: 'CartItem', id: [String(id)] },
      { __typename: 'Cart', id: { toString: 1 } },
    ];
    expect((await service.graphql(entities, { of }, service.token(owner))).data).toEqual({
      _entities: [{ id: String(owner), itemCount: 2 }, { id: String(id), quantity: 2 }, null, null, null],
    });
    expect((await service.graphql(entities, { of }, service.token(stranger))).data).toEqual({
      _entities: [null, null, null, null, null],
    });
  });

  it('asks the database once for any number of items', async () => {
    const statements = jest.spyOn(CartStore.prototype, 'findItems');
    const token = service.token(service.newUser());
    for (const count of [1, 50]) {
      statements.mockClear();
      const of = Array.from({ length: count }, (_, n) => ({ __typename: 'CartItem', id: String(n + 1) }));
      await service.graphql(entities, { of }, token);
      expect(statements).toHaveBeenCalledTimes(1);
    }
    statements.mockRestore();
  });
});
