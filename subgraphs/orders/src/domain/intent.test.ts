import { settle } from './intent.js';

const now = new Date('2026-01-01T00:00:00Z');
const intent = {
  uuid: '6f2a3a9e-0f2f-4c3f-9d0a-000000000001',
  userId: 7,
  email: 'seven@example.com',
  shippingAddress: null,
};
const line = { productId: 1, name: 'Tea', quantity: 2, price: 100 };

describe('an open intent', () => {
  it('becomes a Pending order at the prices that the cart showed', () => {
    const items = [line, { ...line, productId: 2, quantity: 1, price: 50 }];
    expect(settle(intent, { items }, 'VND', now)).toEqual({
      order: {
        uuid: intent.uuid,
        userId: 7,
        email: 'seven@example.com',
        ...{ total: 250, currency: 'VND', items, version: 1, updatedAt: now, heard: [], status: 'Pending' },
      },
    });
  });

  it.each([
    ['the cart is empty', { items: [] }, 'cart empty', 400],
    ['the checkout is closed', 'closed' as const, 'cart service unavailable', 503],
    [
      'the total leaves the range of amounts',
      { items: [{ ...line, quantity: 10_000, price: Number.MAX_SAFE_INTEGER }] },
      'the total is too large',
      400,
    ],
  ])('comes to nothing when %s', (_when, answer, message, status) => {
    expect(settle(intent, answer, 'VND', now)).toMatchObject({ refusal: { message, status } });
  });
});
