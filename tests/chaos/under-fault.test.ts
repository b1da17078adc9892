import type { Purchase } from './purchase.js';
import { underFault } from './under-fault.js';

const plan = { product: 1, quantity: 1, door: 0, logIn: false, follow: false, cancel: false, deliver: false } as const;
const bought = (beganAt: number, decidedAt: number): Purchase => ({
  ...{ plan: { ...plan, repeat: false }, beganAt, placedAt: beganAt, decidedAt, decision: 'Paid', told: [] },
});
const fault = (beganAt: number, endedAt: number) => ({
  ...{ target: 'orders', beganAt, endedAt },
  fault: { atMs: 0, kind: 'kill' as const, targets: ['orders'], lengthMs: 0, pick: 0 },
});

describe('the trade under faults', () => {
  it('is what was begun, what was decided, and what met one', () => {
    const faults = [fault(100, 200), fault(500, 500)];
    const purchases = [bought(0, 50), bought(50, 150), bought(210, 490), bought(480, 510), bought(600, 700)];
    expect(underFault(faults, purchases)).toEqual({ begun: 2, decided: 2, met: 2 });
  });

  it('is none where there is no fault', () => {
    expect(underFault([], [bought(0, 50)])).toEqual({ begun: 0, decided: 0, met: 0 });
  });
});
