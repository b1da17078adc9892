import { StopTime } from '@shop/shared/lifecycle/stop-time';
import type { Component } from '@shop/shared/lifecycle/system';
import { within } from '@shop/shared/messaging/in-flight';
import type { Clock } from '../clock.js';
import type { TimeOutOrders } from '../use-cases/time-out-orders.js';

/** A database that takes longer is away: then it is not known what was published either. */
const GOODBYE_MS = 1_000;

/**
 * What the relays still published as this process stopped no sweep of it will confirm, and the next process may be of the
 * version before, which confirms only what it publishes itself. So this stops after the relays.
 */
export class LastConfirmation implements Component {
  readonly name = 'last confirmation';

  constructor(
    private readonly timeOutOrders: TimeOutOrders,
    private readonly clock: Clock,
  ) {}

  async start(): Promise<void> {}

  async stop(time = new StopTime()): Promise<void> {
    const confirmed = this.timeOutOrders.confirm(this.clock()).catch(() => undefined);
    await within(time.leftFor('connections', GOODBYE_MS), confirmed);
  }
}
