import type { VersionSource } from './version-stream.js';
import type { WakeUp } from './wake-up.js';
import type { OrderReader } from '../persistence/order-reader.js';
import { asOf, type OrderVersion, type OrderView } from '../persistence/order-view.js';

/**
 * How much later than it was recorded a version may become visible: its transaction commits after that. Far longer than
 * a transaction lives here.
 */
const LATENESS_S = 600;

/**
 * Every version of all of a user's orders from now on. Orders appear and change in transactions that commit in any order,
 * so each read goes back far enough to see those that were recorded before the last read and committed after it, and
 * gives what is above the last version given of each order.
 */
export class UserVersions implements VersionSource {
  /** By order, of those that changed within reach of the next read. */
  private given = new Map<number, number>();
  private lastRead = performance.now();

  private constructor(
    private readonly reader: OrderReader,
    readonly userId: number,
  ) {}

  /** What is there already counts as given. */
  static async fromNowOn(reader: OrderReader, userId: number): Promise<UserVersions> {
    const source = new UserVersions(reader, userId);
    source.remember(await source.recent(), performance.now());
    return source;
  }

  isNews(): boolean {
    return true;
  }

  async read(news: readonly WakeUp[] | null) {
    return { versions: news ? await this.lookAt(news) : await this.lookAtAll(), complete: false };
  }

  /** What is new of all orders. It counts as given only when all of it could be read. */
  private async lookAtAll(): Promise<OrderView[]> {
    const now = performance.now();
    const recent = await this.recent();
    const fresh = this.fresh(recent);
    const orders = fresh.length > 0 ? await this.reader.byIds([...new Set(fresh.map(({ orderId }) => orderId))]) : [];
    this.remember(recent, now);
    return views(orders, fresh);
  }

  /** What is new of the orders that we were told of. */
  private async lookAt(news: readonly WakeUp[]): Promise<OrderView[]> {
    const uuids = [...new Set(news.map(({ order_uuid: uuid }) => uuid))];
    const recent = await this.reader.recentViews(this.userId, this.reach, uuids);
    const fresh = recent.filter(({ id, version }) => version > (this.given.get(id) ?? 0));
    for (const { id, version } of recent) this.given.set(id, version);
    return fresh;
  }

  private recent(): Promise<OrderVersion[]> {
    return this.reader.recentVersions(this.userId, this.reach);
  }

  /** How far back what is not given yet may have been recorded, in seconds. */
  private get reach(): number {
    return LATENESS_S + (performance.now() - this.lastRead) / 1_000;
  }

  /** Ascending by order and version, so that the highest is the one that stays. */
  private remember(recent: readonly OrderVersion[], at: number): void {
    this.given = new Map(recent.map(({ orderId, version }) => [orderId, version]));
    this.lastRead = at;
  }

  private fresh(recent: readonly OrderVersion[]): OrderVersion[] {
    return recent.filter(({ orderId, version }) => version > (this.given.get(orderId) ?? 0));
  }
}

function views(orders: readonly OrderView[], versions: readonly OrderVersion[]): OrderView[] {
  const byId = new Map(orders.map((order) => [order.id, order]));
  return versions.flatMap((version) => {
    const order = byId.get(version.orderId);
    return order ? [asOf(order, version)] : [];
  });
}
