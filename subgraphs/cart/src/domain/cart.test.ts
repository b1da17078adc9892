import { add, type Cart, change, itemCount, itemOf, MAX_ITEMS, type Product, total } from './cart.js';

const tea: Product = { id: 1, name: 'Tea', price: 30_000, stock: 10, version: 1, deleted: false };
const cup: Product = { ...tea, id: 2, name: 'Cup', price: 50_000 };

/** A cart that holds so many of each product. */
const cartOf = (...held: (readonly [Product, number])[]): Cart => ({
  userId: 7,
  items: held.map(([{ id: productId, name, price }, quantity], index) => ({
    id: index + 1,
    userId: 7,
    productId,
    name,
    quantity,
    price,
  })),
});

describe('a cart', () => {
  it('adds to what it holds of a product', () => {
    expect(add(cartOf(), tea, 2)).toBe(2);
    expect(add(cartOf([tea, 3], [cup, 1]), tea, 2)).toBe(5);
    expect(change(cartOf([tea, 3]), tea, 2)).toBe(2);
  });

  it('counts and totals what it holds', () => {
    const cart = cartOf([tea, 3], [cup, 2]);
    expect([itemCount(cart), total(cart)]).toEqual([5, 190_000]);
    expect([itemCount(cartOf()), total(cartOf())]).toEqual([0, 0]);
  });

  it.each([0, -1, 1.5, 10_001, 1e9, Number.NaN])('refuses a quantity of %d', (quantity) => {
    const roomy = { ...tea, stock: 2 ** 31 - 1 };
    expect(() => add(cartOf(), roomy, quantity)).toThrow('quantity must be from 1 to 10000');
    expect(() => change(cartOf([roomy, 1]), roomy, quantity)).toThrow('quantity must be from 1 to 10000');
  });

  it('refuses to hold more than 10000 of a product, however they come together', () => {
    const roomy = { ...tea, stock: 2 ** 31 - 1 };
    expect(add(cartOf([roomy, 9_999]), roomy, 1)).toBe(10_000);
    expect(() => add(cartOf([roomy, 9_999]), roomy, 2)).toThrow('quantity must be from 1 to 10000');
  });

  it('refuses more than there is in stock, together with what it holds', () => {
    expect(add(cartOf([tea, 4]), tea, 6)).toBe(10);
    expect(() => add(cartOf([tea, 4]), tea, 7)).toThrow('insufficient stock');
    expect(() => change(cartOf([tea, 4]), tea, 11)).toThrow('insufficient stock');
  });

  it('refuses a product that was deleted', () => {
    expect(() => add(cartOf(), { ...tea, deleted: true }, 1)).toThrow('product not found');
  });

  it('holds so many different products as an order can take, and no more', () => {
    const full = cartOf(...Array.from({ length: MAX_ITEMS }, (_, n) => [{ ...tea, id: n + 1 }, 1] as const));
    expect(() => add(full, { ...tea, id: MAX_ITEMS + 1 }, 1)).toThrow('a cart holds at most 5000 different products');
    expect(add(full, { ...tea, id: MAX_ITEMS }, 1)).toBe(2);
  });

  it('can be read when a price has risen past what an order could total', () => {
    const dear = { ...tea, price: 2 ** 53 - 1 };
    expect(total(cartOf([dear, 10_000], [cup, 1]))).toBe(2 ** 53 - 1);
  });

  it('refuses a total past the range of amounts', () => {
    const dear = { ...tea, price: Number.MAX_SAFE_INTEGER };
    expect(add(cartOf(), dear, 1)).toBe(1);
    expect(() => add(cartOf(), dear, 2)).toThrow('the total is too large');
    expect(() => add(cartOf([cup, 1]), dear, 1)).toThrow('the total is too large');
    expect(() => change(cartOf([dear, 1]), dear, 2)).toThrow('the total is too large');
  });

  it('knows its items', () => {
    expect(itemOf(cartOf([tea, 1]), 1, 'item not found').productId).toBe(1);
    expect(() => itemOf(cartOf([tea, 1]), 2, 'item not found')).toThrow('item not found');
  });
});
