import type { VersionSource } from './version-stream.js';
import type { WakeUp } from './wake-up.js';
import { isFinal } from '../domain/order.js';
import type { OrderReader } from '../persistence/order-reader.js';
import { asOf, type OrderView } from '../persistence/order-view.js';

/**
 * The versions of one order: as it is now and then each one that follows; or, told the last version that a client has
 * seen, each one after that, as it was then. Complete at a final status.
 */
export class OrderVersions implements VersionSource {
  constructor(
    private readonly reader: OrderReader,
    private readonly order: OrderView,
    private last: number | null,
  ) {}

  get userId(): number {
    return this.order.userId;
  }

  isNews({ order_uuid, version }: WakeUp): boolean {
    return order_uuid === this.order.uuid && (this.last === null || version > this.last);
  }

  async read() {
    const { last, order } = this;
    if (last === null) {
      this.last = order.version;
      return { versions: [order], complete: isFinal(order.status) };
    }
    const found = await this.reader.versionsAfter(order.id, last);
    const versions = found.filter(({ version }) => version > last).map((version) => asOf(order, version));
    this.last = versions.at(-1)?.version ?? last;
    return { versions, complete: found.some(({ status }) => isFinal(status)) };
  }
}
