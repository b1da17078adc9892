import { aProduct } from './a-product.js';
import { CartService } from './cart-service.js';
import { eventually } from '../../../tests/support/eventually.js';

let service: CartService;
beforeAll(async () => void (service = await CartService.start()));
afterAll(() => service.stop());
afterEach(() => service.products.behave('none'));

const knows = (id: number, expected: object) =>
  eventually(async () => expect(await service.snapshot(id)).toMatchObject(expected));

describe("the cart's own copy of products", () => {
  it('follows the price until checkout', async () => {
    const product = aProduct({ price: 10_000 });
    await service.know(product);
    const userId = service.newUser();
    await service.add(userId, product, 2);
    await service.announce('updated', { ...product, price: 12_000, version: 2 });
    await eventually(async () =>
      expect(await service.held(userId)).toEqual([
        { id: expect.any(Number), product_id: product.id, quantity: 2, price: 12_000, subtotal: 24_000 },
      ]),
    );
  });

  it('applies only higher versions, in whatever order they come', async () => {
    const product = aProduct();
    const versions = Array.from({ length: 12 }, (_, n) => ({ ...product, price: 1_000 + n, version: n + 1 }));
    const shuffled = versions.toSorted((a, b) => ((a.version * 7) % 13) - ((b.version * 7) % 13));
    await Promise.all(shuffled.map((version) => service.announce('updated', version)));
    await knows(product.id, { version: 12, price: 1_011 });
    await service.announce('created', product);
    await service.announce('updated', { ...product, price: 1, version: 12 });
    const last = aProduct();
    await service.know(last);
    expect(await service.snapshot(product.id)).toMatchObject({ version: 12, price: 1_011 });
  });

  it('keeps a deletion as a tombstone: the product leaves all carts, and late news does not bring it back', async () => {
    const [product, other] = [aProduct(), aProduct()];
    await service.know(product, other);
    const users = [service.newUser(), service.newUser()];
    for (const userId of users) {
      await service.add(userId, product, 2);
      await service.add(userId, other);
    }
    await service.announce('deleted', { ...product, version: 5 });
    for (const userId of users) {
      await eventually(async () => expect(await service.quantities(userId)).toEqual({ [other.id]: 1 }));
    }
    const { rows } = await service.sql.query('select 1 from cart_items where product_id = $1', [product.id]);
    expect(rows).toEqual([]);
    for (const version of [4, 6]) await service.announce('updated', { ...product, version });
    await knows(product.id, { version: 6, deleted: true });
    service.products.has(product);
    expect(await service.add(users[0]!, product)).toEqual({ status: 400, body: { error: 'product not found' } });
  });

  it('knows a product whose deletion came before everything else as a tombstone', async () => {
    const product = aProduct();
    await service.announce('deleted', { ...product, version: 3 });
    await knows(product.id, { deleted: true });
    await service.announce('created', product);
    await service.know(aProduct());
    expect(await service.snapshot(product.id)).toMatchObject({ version: 3, deleted: true });
  });

  it.each([
    ['is no JSON', Buffer.from('nonsense'), 'the body is no JSON'],
    ['lacks a version', { ...aProduct(), version: undefined }, 'version'],
    ['has a negative stock', { ...aProduct(), stock: -1 }, 'stock'],
    ['has a stock that no database takes', { ...aProduct(), stock: 2 ** 40 }, 'the database refuses it'],
  ])('makes a dead letter, with the reason, of an event that %s', async (_what, body, reason) => {
    await service.probe.publish('product_exchange', 'product.updated', body);
    const [letter] = await eventually(async () => {
      const letters = await service.probe.deadLetters('cart:product.updated');
      expect(letters).toHaveLength(1);
      return letters;
    });
    expect(JSON.stringify(letter?.headers)).toContain(reason);
  });
});

describe('a product that the cart has not seen', () => {
  it('is asked for once, and kept', async () => {
    const product = aProduct({ name: 'Unheard of', price: 70_000 });
    service.products.has(product);
    const userId = service.newUser();
    expect((await service.add(userId, product)).status).toBe(201);
    expect((await service.add(userId, product)).status).toBe(201);
    expect(service.products.asked.filter((path) => path === `/products/${product.id}`)).toHaveLength(1);
    expect(await service.snapshot(product.id)).toMatchObject({ name: 'Unheard of', price: 70_000, deleted: false });
  });

  it('and that does not exist is not found', async () => {
    const missing = { status: 400, body: { error: 'product not found' } };
    expect(await service.add(service.newUser(), { id: 999_999 })).toEqual(missing);
    expect(await service.add(service.newUser(), { id: Number.MAX_SAFE_INTEGER })).toEqual(missing);
  });

  it.each([500, 'silent'] as const)(
    'is answered with 503 while the products service is in trouble (%s)',
    async (how) => {
      service.products.behave(how);
      const answer = await service.add(service.newUser(), aProduct());
      expect(answer).toEqual({ status: 503, body: { error: 'products service unavailable' } });
    },
  );

  it('does not matter to products that it has seen', async () => {
    const product = aProduct();
    await service.know(product);
    service.products.behave('silent');
    expect((await service.add(service.newUser(), product)).status).toBe(201);
  });
});
