import type { VersionSource } from './version-stream.js';
import type { WakeUp } from './wake-up.js';
import type { OrderReader } from '../persistence/order-reader.js';
import type { OrderView } from '../persistence/order-view.js';

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
    await source.lookAtAll();
    return source;
  }

  isNews(): boolean {
    return true;
  }

  async read(news: readonly WakeUp[] | null) {
    return { versions: news ? await this.lookAt(news) : await this.lookAtAll(), complete: false };
  }

  /** What is new of all orders. */
  private async lookAtAll(): Promise<OrderView[]> {
    const now = performance.now();
    const recent = await this.recent();
    const fresh = this.fresh(recent);
    this.given = new Map();
    this.remember(recent);
    this.lastRead = now;
    return fresh;
  }

  /** What is new of the orders that we were told of. */
  private async lookAt(news: readonly WakeUp[]): Promise<OrderView[]> {
    const recent = await this.recent([...new Set(news.map(({ order_uuid: uuid }) => uuid))]);
    const fresh = this.fresh(recent);
    this.remember(recent);
    return fresh;
  }

  /** As far back as what is not given yet may have been recorded. */
  private recent(uuids?: readonly string[]): Promise<OrderView[]> {
    const reach = LATENESS_S + (performance.now() - this.lastRead) / 1_000;
    return this.reader.recentVersions(this.userId, reach, uuids);
  }

  /** Ascending by order and version, so that the highest is the one that stays. */
  private remember(recent: readonly OrderView[]): void {
    for (const { id, version } of recent) this.given.set(id, version);
  }

  private fresh(recent: readonly OrderView[]): OrderView[] {
    return recent.filter(({ id, version }) => version > (this.given.get(id) ?? 0));
  }
}
