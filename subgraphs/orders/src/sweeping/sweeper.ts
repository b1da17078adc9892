import { StopTime } from '@shop/shared/lifecycle/stop-time';
import type { Component } from '@shop/shared/lifecycle/system';
import type { Logger } from '@shop/shared/logging/logger';
import type { Bus } from '@shop/shared/messaging/bus';
import { within } from '@shop/shared/messaging/in-flight';
import { Backlog, ELSEWHERE_MS } from './backlog.js';
import type { Clock } from '../clock.js';
import type { AbandonCheckouts } from '../use-cases/abandon-checkouts.js';
import type { TimeOutOrders } from '../use-cases/time-out-orders.js';

interface SweeperOptions {
  readonly bus: Bus;
  /** The queues by which an order's answers come. */
  readonly queues: readonly string[];
  readonly abandonCheckouts: AbandonCheckouts;
  readonly timeOutOrders: TimeOutOrders;
  readonly timeoutMs: number;
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Ends what has waited for too long: open checkouts, and orders without an answer. Several processes share the work. */
export class Sweeper implements Component {
  readonly name = 'sweeper';
  private backlog: Backlog | undefined;
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> = Promise.resolve();

  constructor(private readonly options: SweeperOptions) {}

  async start(): Promise<void> {
    const { bus, queues, clock, timeoutMs } = this.options;
    this.backlog = new Backlog(bus, queues, clock, Math.min(ELSEWHERE_MS, timeoutMs));
    this.plan(this.backlog);
  }

  /** Waits for the transaction that is open, not without end: what it does not end, the next sweep ends. */
  async stop(time = new StopTime()): Promise<void> {
    clearTimeout(this.timer);
    this.backlog?.forget();
    this.backlog = undefined;
    if (!(await within(time.leftFor('handlers'), this.sweeping)))
      this.options.logger.warn('sweeper: stopped in the middle of a sweep');
  }

  private plan(backlog: Backlog): void {
    this.timer = setTimeout(() => {
      this.sweeping = this.sweep(backlog).then(() => {
        if (this.backlog === backlog) this.plan(backlog);
      });
    }, this.options.intervalMs);
  }

  private async sweep(backlog: Backlog): Promise<void> {
    const { bus, abandonCheckouts, timeOutOrders, timeoutMs, clock, logger } = this.options;
    try {
      const now = clock();
      const limit = new Date(now.getTime() - timeoutMs);
      await abandonCheckouts.run(limit);
      // While the broker is away it confirms nothing.
      if (bus.connected) await timeOutOrders.confirm(clock());
      // Asked before each order: the broker may go away meanwhile.
      const goesOn = async () => this.backlog === backlog && (await backlog.isWorkedOff());
      while ((await goesOn()) && (await timeOutOrders.one(limit, now)));
    } catch (error) {
      logger.warn({ err: error }, 'sweep failed, will try again');
      // Without a database no answer was heard either: they wait to be tried again.
      backlog.grow();
    }
  }
}
