import type { Caller } from '@shop/shared/auth/caller';
import { badInput } from '@shop/shared/errors/app-error';
import type { Logger } from '@shop/shared/logging/logger';
import { OrderVersions } from './order-versions.js';
import { UserVersions } from './user-versions.js';
import { VersionStream } from './version-stream.js';
import type { WakeUps } from './wake-ups.js';
import type { OrderReader } from '../persistence/order-reader.js';
import type { OrderView } from '../persistence/order-view.js';
import type { ViewOrder } from '../use-cases/view-order.js';

/** Streams the versions of orders to those who may see them. */
export class WatchOrders {
  constructor(
    private readonly reader: OrderReader,
    private readonly views: ViewOrder,
    private readonly wakeUps: WakeUps,
    private readonly logger: Logger,
  ) {}

  /** One order's versions. NOT_FOUND when it is absent or not the caller's; BAD_USER_INPUT for a negative `after`. */
  async one(
    caller: Caller,
    reference: number | string,
    after: number | null,
  ): Promise<AsyncIterableIterator<OrderView>> {
    if (after !== null && after < 0) throw badInput('afterVersion must not be negative', 'afterVersion');
    const order = await this.views.required(caller, reference);
    return new VersionStream(new OrderVersions(this.reader, order, after), this.wakeUps, this.logger);
  }

  /** The versions of all the caller's orders from now on. */
  async all(caller: Caller): Promise<AsyncIterableIterator<OrderView>> {
    const source = await UserVersions.fromNowOn(this.reader, Number(caller.userId));
    return new VersionStream(source, this.wakeUps, this.logger);
  }
}
