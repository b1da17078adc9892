import { randomUUID } from 'node:crypto';
import type { Bus } from '@shop/shared/messaging/bus';
import { ProductsService, World } from './a-products-service.js';
import { eventually } from '../../../tests/support/eventually.js';

const line = { product_id: 1, name: 'x', quantity: 1, price: 1 };
function request(order: string) {
  const common = { user_id: 2, email: 'an@example.com', total: 1, currency: 'VND' };
  return { correlation_id: order, order_uuid: order, ...common, items: [line] };
}

describe('stock', () => {
  let world: World;
  let products: ProductsService;
  beforeAll(async () => {
    world = await World.open();
    products = await ProductsService.start(world);
  });
  afterAll(async () => {
    await products.stop();
    await world.close();
  });

  const announced = (id: number) =>
    world.probe
      .messages()
      .filter(({ exchange, body }) => exchange === 'product_exchange' && body['id'] === id)
      .map(({ key, body }) => [key, body['stock'], body['version']]);

  it('is reserved for an order, all of it, and every change announced with its version', async () => {
    const [a, b] = [await products.product({ stock: 5 }), await products.product({ stock: 2 })];
    const order = await products.request([
      [b.id, 2],
      [a.id, 3],
    ]);
    expect(await products.answer(order)).toBe('stock.reserved');
    expect(await products.read(a.id)).toMatchObject({ stock: 2, version: 2 });
    expect(await products.read(b.id)).toMatchObject({ stock: 0, version: 2 });
    await eventually(() =>
      expect(announced(a.id)).toEqual([
        ['product.created', 5, 1],
        ['product.updated', 2, 2],
      ]),
    );
    const message = world.probe.messages('stock.reserved').find(({ body }) => body['order_uuid'] === order);
    expect(message?.properties).toMatchObject({ correlationId: order, type: 'stock.reserved', appId: 'products' });
    expect(message?.body).toEqual({ order_uuid: order });
  });

  it('is not touched when anything is short, missing or deleted, and all that is short is named', async () => {
    const [enough, short, deleted] = [
      await products.product({ stock: 5 }),
      await products.product({ stock: 1 }),
      await products.product(),
    ];
    await products.call('DELETE', `/products/${deleted.id}`);
    const order = await products.request([
      [enough.id, 5],
      [short.id, 2],
      [deleted.id, 1],
      [999_999_999, 1],
    ]);
    expect(await products.answer(order)).toBe('stock.failed');
    const { body } = world.probe.messages('stock.failed').find((message) => message.body['order_uuid'] === order) ?? {};
    expect(body).toEqual({
      order_uuid: order,
      reason: expect.any(String),
      shortages: [
        { product_id: short.id, requested: 2, available: 1 },
        { product_id: deleted.id, requested: 1, available: 0 },
        { product_id: 999_999_999, requested: 1, available: 0 },
      ],
    });
    expect(await products.read(enough.id)).toMatchObject({ stock: 5, version: 1 });
  });

  it('adds up two lines of one product', async () => {
    const { id } = await products.product({ stock: 3 });
    expect(
      await products.answer(
        await products.request([
          [id, 2],
          [id, 2],
        ]),
      ),
    ).toBe('stock.failed');
    expect(
      await products.answer(
        await products.request([
          [id, 1],
          [id, 2],
        ]),
      ),
    ).toBe('stock.reserved');
    expect((await products.read(id)).stock).toBe(0);
  });

  it('is reserved once, however often the request comes', async () => {
    const { id } = await products.product({ stock: 5 });
    const [order, messageId] = [randomUUID(), randomUUID()];
    await Promise.all(Array.from({ length: 5 }, () => products.request([[id, 2]], order, messageId)));
    await Promise.all(Array.from({ length: 5 }, () => products.request([[id, 2]], order)));
    await products.answer(order);
    await products.settled();
    expect(await products.read(id)).toMatchObject({ stock: 3, version: 2 });
    expect(products.answers(order)).toEqual(['stock.reserved']);
  });

  it('stays refused when the request comes again and there is stock by then', async () => {
    const { id } = await products.product({ stock: 1 });
    const order = await products.request([[id, 2]]);
    expect(await products.answer(order)).toBe('stock.failed');
    await products.call('PUT', `/products/${id}`, { stock: 9 });
    await products.request([[id, 2]], order);
    await products.settled();
    expect((await products.read(id)).stock).toBe(9);
    expect(products.answers(order)).toEqual(['stock.failed']);
  });

  it('is given back once when the order is cancelled, whatever the cancellation says it held', async () => {
    const { id } = await products.product({ stock: 5 });
    const order = await products.request([[id, 2]]);
    await products.answer(order);
    await Promise.all([products.cancel(order, [[id, 4]]), products.cancel(order, [[id, 4]])]);
    await products.settled();
    expect(await products.read(id)).toMatchObject({ stock: 5, version: 3 });
    await products.request([[id, 2]], order);
    await products.settled();
    expect((await products.read(id)).stock).toBe(5);
    expect(products.answers(order)).toEqual(['stock.reserved']);
  });

  it('of an order that was cancelled before its request is never reserved, and nothing is said of it', async () => {
    const { id } = await products.product({ stock: 5 });
    const order = randomUUID();
    await products.cancel(order, [[id, 2]]);
    await products.settled();
    await products.request([[id, 2]], order);
    await products.settled();
    expect(await products.read(id)).toMatchObject({ stock: 5, version: 1 });
    expect(products.answers(order)).toEqual([]);
  });

  it('is never half given when a request and its cancellation arrive together', async () => {
    const { id } = await products.product({ stock: 50 });
    const orders = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const order = randomUUID();
        await Promise.all([products.request([[id, 1]], order), products.cancel(order, [[id, 1]])]);
        return order;
      }),
    );
    await products.settled();
    await eventually(async () => expect((await products.read(id)).stock).toBe(50));
    for (const order of orders) expect(products.answers(order).length).toBeLessThanOrEqual(1);
  });

  it('goes back to a deleted product too, which stays deleted', async () => {
    const { id } = await products.product({ stock: 5 });
    const order = await products.request([[id, 2]]);
    await products.answer(order);
    await products.call('DELETE', `/products/${id}`);
    await products.cancel(order, [[id, 2]]);
    await eventually(() =>
      expect(announced(id).slice(2)).toEqual([
        ['product.deleted', 3, 3],
        ['product.deleted', 5, 4],
      ]),
    );
    expect((await products.call('GET', `/products/${id}`)).status).toBe(404);
  });

  it('of one item goes to one of two buyers, 50 times over', async () => {
    for (let run = 0; run < 50; run += 1) {
      const { id } = await products.product({ stock: 1 });
      const [one, other] = await Promise.all([products.request([[id, 1]]), products.request([[id, 1]])]);
      const answers = await Promise.all([products.answer(one), products.answer(other)]);
      expect(answers.sort()).toEqual(['stock.failed', 'stock.reserved']);
      expect((await products.read(id)).stock).toBe(0);
    }
  });

  it('is shared by many orders that want the same products in any order, and none waits for ever', async () => {
    const stock = 60;
    const three = await Promise.all([1, 2, 3].map(() => products.product({ stock })));
    const ids = three.map(({ id }) => id);
    const shuffled = () => [...ids].sort(() => Math.random() - 0.5).map((id) => [id, 1] as const);
    const orders = await Promise.all(Array.from({ length: 80 }, () => products.request(shuffled())));
    const answers = await Promise.all(orders.map((order) => products.answer(order)));
    expect(answers.filter((answer) => answer === 'stock.reserved')).toHaveLength(stock);
    for (const id of ids) expect(await products.read(id)).toMatchObject({ stock: 0, version: stock + 1 });
  });

  it.each([
    ['no JSON', Buffer.from('{nonsense'), /JSON/],
    ['no request', { order_uuid: 'x' }, /order_uuid/],
    ['a request for nothing', { ...request(randomUUID()), items: [] }, /items/],
    ['a quantity of 0', { ...request(randomUUID()), items: [{ ...line, quantity: 0 }] }, /quantity/],
  ])('is not touched by what is %s: that becomes a dead letter with its reason', async (_what, body, reason) => {
    await world.probe.publish('order_exchange', 'order.requested', body);
    const [letter] = await eventually(async () => {
      const letters = await world.probe.deadLetters('products:order.requested');
      if (letters.length === 0) throw new Error('no dead letter yet');
      return letters;
    });
    expect(JSON.stringify(letter?.headers)).toMatch(reason);
  });
});

describe('a service that fails', () => {
  it('after its commit and before its acknowledgement does its work once', async () => {
    const world = await World.open();
    let failures = 0;
    const failing = (bus: Bus): Bus =>
      new Proxy(bus, {
        get: (target, property) => {
          if (property !== 'consume') {
            const value: unknown = Reflect.get(target, property, target);
            return typeof value === 'function' ? (value.bind(target) as unknown) : value;
          }
          return (queue: string, handler: Parameters<Bus['consume']>[1]) =>
            target.consume(queue, async (message) => {
              await handler(message);
              failures += 1;
              if (failures <= 2) throw new Error('the connection is gone');
            });
        },
      });
    const products = await ProductsService.start(world, {}, (backing) => ({ ...backing, bus: failing(backing.bus) }));
    const { id } = await products.product({ stock: 5 });
    const order = await products.request([[id, 2]]);
    await eventually(() => expect(failures).toBe(3));
    expect(await products.read(id)).toMatchObject({ stock: 3, version: 2 });
    expect(products.answers(order)).toEqual(['stock.reserved']);
    await products.stop();
    await world.close();
  });

  it('by being away finds what was asked meanwhile when it is back', async () => {
    const world = await World.open();
    const before = await ProductsService.start(world);
    const { id } = await before.product({ stock: 5 });
    await before.stop();
    const order = await before.request([[id, 2]]);
    const after = await ProductsService.start(world);
    expect(await after.answer(order)).toBe('stock.reserved');
    expect((await after.read(id)).stock).toBe(3);
    await after.stop();
    await world.close();
  });
});
