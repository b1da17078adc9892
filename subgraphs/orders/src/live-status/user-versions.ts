import type { VersionSource } from './version-stream.js';
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
    await source.look(async () => undefined);
    return source;
  }

  isNews(): boolean {
    return true;
  }

  async read() {
    const versions = await this.look((fresh) => this.complete(fresh));
    return { versions, complete: false };
  }

  /** What is new, as `use` sees it; only when that has succeeded does it count as given. */
  private async look<Result>(use: (fresh: OrderVersion[]) => Promise<Result>): Promise<Result> {
    const now = performance.now();
    const reach = LATENESS_S + (now - this.lastRead) / 1_000;
    const recent = await this.reader.recentVersions(this.userId, reach);
    const result = await use(recent.filter(({ orderId, version }) => version > (this.given.get(orderId) ?? 0)));
    // Ascending by order and version, so that the highest is the one that stays.
    this.given = new Map(recent.map(({ orderId, version }) => [orderId, version]));
    this.lastRead = now;
    return result;
  }

  private async complete(fresh: readonly OrderVersion[]): Promise<OrderView[]> {
    if (fresh.length === 0) return [];
    const ids = [...new Set(fresh.map(({ orderId }) => orderId))];
    const orders = new Map((await this.reader.byIds(ids)).map((order) => [order.id, order]));
    return fresh.flatMap((version) => {
      const order = orders.get(version.orderId);
      return order ? [asOf(order, version)] : [];
    });
  }
}
