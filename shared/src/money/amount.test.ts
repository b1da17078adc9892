import { MAX_AMOUNT, multiply, shown, sum } from './amount.js';

describe('amounts', () => {
  it('show the largest one there is in place of one that is larger', () => {
    expect([shown(5), shown(MAX_AMOUNT), shown(MAX_AMOUNT * 3)]).toEqual([5, MAX_AMOUNT, MAX_AMOUNT]);
  });

  it('are exact up to 2^53-1', () => {
    expect(sum([MAX_AMOUNT - 1, 1])).toBe(2 ** 53 - 1);
    expect(multiply(MAX_AMOUNT, 1)).toBe(MAX_AMOUNT);
    expect(sum([])).toBe(0);
  });

  it('are refused beyond it', () => {
    expect(() => sum([MAX_AMOUNT, 1])).toThrow('the total is too large');
    expect(() => multiply(MAX_AMOUNT, 2)).toThrow('the total is too large');
  });
});
