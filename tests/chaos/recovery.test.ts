import type { Purchase } from './purchase.js';
import { recoveries, recoveryOf } from './recovery.js';

const plan = {
  product: 1,
  quantity: 1,
  door: 0,
  logIn: false,
  follow: false,
  cancel: false,
  deliver: false,
  repeat: false,
} as const;
const bought = (beganAt: number, decidedAt: number, what: Partial<typeof plan> | object = {}): Purchase => ({
  ...{ plan: { ...plan, ...what }, beganAt, placedAt: beganAt, decidedAt, decision: 'Paid', told: [] },
});
const fault = (target: string, endedAt: number) => ({
  ...{ target, endedAt, beganAt: endedAt - 10 },
  fault: { atMs: 0, kind: 'kill' as const, targets: [target], lengthMs: 0, pick: 0 },
});

describe('the recovery from a fault', () => {
  it('ends with the first order that was begun after it and is paid', () => {
    const purchases = [bought(50, 120), bought(110, 400), bought(130, 300)];
    expect(recoveryOf(fault('orders', 100), purchases)).toBe(200);
  });

  it('is one of what was hit: of auth for those who sign in, of Redis for those who follow', () => {
    const purchases = [bought(110, 200), bought(110, 300, { logIn: true }), bought(110, 400, { follow: true })];
    expect(recoveryOf(fault('auth', 100), purchases)).toBe(200);
    expect(recoveryOf(fault('redis', 100), purchases)).toBe(300);
  });

  it('is unknown when nobody bought any more, and when what was bought was cancelled', () => {
    const cancelled = { ...bought(110, 200), decision: 'Cancelled' as const };
    expect(recoveries([fault('orders', 100)], [bought(50, 200), cancelled])).toMatchObject([
      { kind: 'kill', of: 'orders', count: 1, unseen: 1, lasted: { median: 10, worst: 10 }, recovery: undefined },
    ]);
  });
});
