import { orderRequested } from './order-events.js';
import { productUpdated } from './product-events.js';

const product = { id: 1, name: 'Tea', price: 2 ** 53 - 1, stock: 0, version: 1 };

describe('the events of the contract', () => {
  it('ignore unknown fields and keep amounts up to 2^53-1', () => {
    expect(productUpdated.body.parse({ ...product, colour: 'green' })).toEqual(product);
  });

  it('refuse a NUL, which no database keeps', () => {
    expect(productUpdated.body.safeParse({ ...product, name: 'a\0b' }).success).toBe(false);
  });

  it('refuse an amount that JSON does not keep, and an order of nothing', () => {
    expect(productUpdated.body.safeParse({ ...product, price: 2 ** 53 }).success).toBe(false);
    expect(orderRequested.body.safeParse({ items: [] }).success).toBe(false);
  });
});
