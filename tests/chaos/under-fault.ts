import type { Injected } from './injector.js';
import type { Purchase } from './purchase.js';

/** How much of a run's trade met its faults, in orders. */
export interface UnderFault {
  /** Begun, and decided, after the first fault had begun and before the last was over. */
  readonly begun: number;
  readonly decided: number;
  /** A fault began or lasted between their first request and their decision. */
  readonly met: number;
}

/** Counts what customers did while faults came. */
export function underFault(faults: readonly Injected[], purchases: readonly Purchase[]): UnderFault {
  const from = Math.min(...faults.map(({ beganAt }) => beganAt));
  const to = Math.max(...faults.map(({ endedAt }) => endedAt));
  const count = (holds: (purchase: Purchase) => boolean) => purchases.filter(holds).length;
  return {
    begun: count(({ beganAt }) => beganAt >= from && beganAt <= to),
    decided: count(({ decidedAt }) => decidedAt >= from && decidedAt <= to),
    met: count(({ beganAt, decidedAt }) =>
      faults.some((fault) => fault.beganAt <= decidedAt && fault.endedAt >= beganAt),
    ),
  };
}
