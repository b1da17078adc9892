import { abandon, answerTo, type Checkout, close } from './checkout.js';

const items = [{ productId: 1, name: 'Tea', quantity: 2, price: 30_000 }];
const fresh: Checkout = { state: 'new' };
const taken: Checkout = { state: 'taken', items };

describe('a checkout', () => {
  it('takes the cart when it is new, and gives the same answer ever after', () => {
    expect(answerTo(fresh)).toBeNull();
    expect(answerTo(taken)).toBe(items);
    expect(answerTo({ state: 'taken', items: [] })).toEqual([]);
  });

  it('that is closed gives the same answer and nothing more', () => {
    expect(answerTo(close(taken))).toBe(items);
    expect(() => answerTo(close(fresh))).toThrow('this checkout is closed');
  });

  it('that was abandoned is refused, whether it came before or after', () => {
    expect(() => answerTo(abandon(taken).checkout)).toThrow('this checkout was abandoned');
    expect(() => answerTo(abandon(fresh).checkout)).toThrow('this checkout was abandoned');
  });

  it('gives back what it took, once', () => {
    const first = abandon(taken);
    expect(first.giveBack).toBe(items);
    expect(abandon(first.checkout).giveBack).toEqual([]);
    expect(abandon(fresh).giveBack).toEqual([]);
    expect(abandon({ state: 'taken', items: [] }).giveBack).toEqual([]);
  });

  it('gives nothing back once its order is requested', () => {
    expect(abandon(close(taken))).toEqual({ checkout: { state: 'closed', items }, giveBack: [] });
    expect(abandon(close(fresh)).giveBack).toEqual([]);
  });

  it('that was abandoned stays so, whatever comes late', () => {
    const { checkout } = abandon(taken);
    expect(close(checkout)).toBe(checkout);
  });
});
