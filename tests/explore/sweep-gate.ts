import { jest } from '@jest/globals';
import { AbandonCheckouts } from '@shop/orders/use-cases/abandon-checkouts';
import { TimeOutOrders } from '@shop/orders/use-cases/time-out-orders';

/**
 * Lets the sweeper of orders, which looks around all the time, find something only when it is told to: one whole sweep,
 * at a time at which all that is open has been open for too long.
 */
export class SweepGate {
  private state: 'shut' | 'open' | 'sweeping' = 'shut';
  private onSwept: () => void = () => undefined;
  private readonly spies: readonly { mockRestore(): void }[];

  constructor(
    private readonly usual: Date,
    private readonly late: Date,
  ) {
    const abandon = AbandonCheckouts.prototype.run;
    const { confirm, one: timeOut } = TimeOutOrders.prototype;
    const sweepStarts = () => {
      if (this.state === 'open') this.state = 'sweeping';
      return this.state === 'sweeping';
    };
    const isSweeping = () => this.state === 'sweeping';
    const swept = () => this.swept();
    this.spies = [
      jest.spyOn(AbandonCheckouts.prototype, 'run').mockImplementation(async function (this: AbandonCheckouts, limit) {
        if (sweepStarts()) await abandon.call(this, limit);
      }),
      // As if an earlier sweep had found it.
      jest.spyOn(TimeOutOrders.prototype, 'confirm').mockImplementation(async function (this: TimeOutOrders) {
        if (isSweeping()) await confirm.call(this, usual);
      }),
      jest.spyOn(TimeOutOrders.prototype, 'one').mockImplementation(async function (this: TimeOutOrders, limit, now) {
        if (!isSweeping()) return false;
        const found = await timeOut.call(this, limit, now);
        if (!found) swept();
        return found;
      }),
    ];
  }

  /** The time, as the sweeper sees it too. */
  readonly clock = (): Date => (this.state === 'shut' ? this.usual : this.late);

  /** Resolves after one whole sweep. */
  async sweep(): Promise<void> {
    const done = new Promise<void>((resolve) => (this.onSwept = resolve));
    this.state = 'open';
    await done;
  }

  restore(): void {
    for (const spy of this.spies) spy.mockRestore();
  }

  private swept(): void {
    this.state = 'shut';
    this.onSwept();
  }
}
