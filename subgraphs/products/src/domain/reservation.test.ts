import { byProduct, decideCancellation, decideRequest, type Reservation, shouldReserve } from './reservation.js';

const one = { productId: 1, quantity: 1 };

describe('a request', () => {
  it('is worked on once', () => {
    const states: Reservation[] = [
      { state: 'open' },
      { state: 'reserved', items: [one] },
      { state: 'failed', shortages: [] },
      { state: 'cancelled' },
    ];
    expect(states.map(shouldReserve)).toEqual([true, false, false, false]);
  });

  it('takes everything when everything is there', () =>
    expect(
      decideRequest(
        [{ productId: 2, quantity: 3 }, one],
        new Map([
          [1, 1],
          [2, 3],
        ]),
      ),
    ).toEqual({
      state: 'reserved',
      items: [one, { productId: 2, quantity: 3 }],
    }));

  it('takes nothing when anything is short, and says all that is short', () =>
    expect(
      decideRequest(
        [{ productId: 2, quantity: 3 }, one, { productId: 9, quantity: 1 }],
        new Map([
          [1, 1],
          [2, 2],
        ]),
      ),
    ).toEqual({
      state: 'failed',
      shortages: [
        { productId: 2, requested: 3, available: 2 },
        { productId: 9, requested: 1, available: 0 },
      ],
    }));

  it('adds up the lines of one product', () => {
    expect(decideRequest([one, one], new Map([[1, 1]])).state).toBe('failed');
    expect(byProduct([{ productId: 3, quantity: 1 }, one, one])).toEqual([
      { productId: 1, quantity: 2 },
      { productId: 3, quantity: 1 },
    ]);
  });
});

describe('a cancellation', () => {
  it('gives back what is held, and nothing else', () => {
    expect(decideCancellation({ state: 'reserved', items: [one] })).toEqual([one]);
    expect(decideCancellation({ state: 'open' })).toEqual([]);
    expect(decideCancellation({ state: 'failed', shortages: [] })).toEqual([]);
    expect(decideCancellation({ state: 'cancelled' })).toEqual([]);
  });
});
