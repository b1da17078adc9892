import type { Database } from '@shop/shared/persistence/database';
import { arrayLiteral, rowsOf } from '@shop/shared/persistence/statements';
import { OrderEventRecord, OrderHistoryRecord } from './order-log.record.js';
import { toView, VIEW_COLUMNS, type ViewRow } from './order-row.js';
import type { OrderEventView, OrderItemView, OrderVersion, OrderView } from './order-view.js';
import { OrderItemRecord, OrderRecord } from './order.record.js';
import type { OrderStatus } from '../domain/order.js';

/** Which orders a list shows. */
export interface OrderFilter {
  readonly userId?: number | undefined;
  readonly status?: OrderStatus | undefined;
}

const NEWEST_FIRST = { id: 'desc' } as const;

const VERSIONS_OF_USER = 'order_history h join orders o on o.id = h.order_id';

/**
 * From the orders to their versions, whatever the statistics say: as new tables have them, the planner goes through all that
 * the user bought lately instead. `offset 0` keeps a subquery as it stands. By a subquery the array is as long as any other to
 * the planner, so that it takes the plan that it has, and does not make one for each array.
 */
const VERSIONS_OF_NAMED = `unnest((select ?::uuid[])) as named(uuid)
  cross join lateral (select * from orders where orders.uuid = named.uuid offset 0) o
  cross join lateral (select * from order_history where order_history.order_id = o.id offset 0) h`;

/** Reads orders. One statement a call, however many keys it is given. */
export class OrderReader {
  constructor(private readonly database: Database) {}

  async byIds(ids: readonly number[]): Promise<OrderView[]> {
    return this.em.find(OrderRecord, { id: { $in: [...ids] } });
  }

  async byUuids(uuids: readonly string[]): Promise<OrderView[]> {
    return this.em.find(OrderRecord, { uuid: { $in: [...uuids] } });
  }

  /** The order under a numeric id or a uuid; null when there is none. */
  async find(reference: number | string): Promise<OrderView | null> {
    const key = typeof reference === 'number' ? 'id' : 'uuid';
    const sql = `select ${VIEW_COLUMNS} from orders where ${key} = ?`;
    const [row] = await rowsOf<ViewRow>(this.database, sql, [reference]);
    return row ? toView(row) : null;
  }

  /** At most `limit` orders with ids below `after`, newest first. */
  async page(filter: OrderFilter, after: number | null, limit: number): Promise<OrderView[]> {
    const where = { ...present(filter), ...(after !== null && { id: { $lt: after } }) };
    return this.em.find(OrderRecord, where, { orderBy: NEWEST_FIRST, limit });
  }

  /** `limit` orders of a user from `offset` on, newest first, and how many there are in all. */
  async slice(userId: number, limit: number, offset: number): Promise<[OrderView[], number]> {
    return this.em.findAndCount(OrderRecord, { userId }, { orderBy: NEWEST_FIRST, limit, offset });
  }

  /** As `page`, for many users at once. */
  async pagesOfUsers(userIds: readonly number[], after: number | null, limit: number): Promise<OrderView[]> {
    const em = this.em;
    const rows = await rowsOf(
      em,
      `select page.* from unnest(?::bigint[]) as wanted(user_id) cross join lateral (
         select * from orders where orders.user_id = wanted.user_id and id < ? order by id desc limit ?) page`,
      [arrayLiteral(userIds), after ?? Number.MAX_SAFE_INTEGER, limit],
    );
    return rows.map((row) => em.map(OrderRecord, row));
  }

  async itemsByIds(ids: readonly number[]): Promise<OrderItemView[]> {
    return this.em.find(OrderItemRecord, { id: { $in: [...ids] } });
  }

  async itemsOf(orderIds: readonly number[]): Promise<OrderItemView[]> {
    const where = { orderId: { $in: [...orderIds] } };
    return this.em.find(OrderItemRecord, where, { orderBy: { id: 'asc' } });
  }

  /** The whole timelines of these orders, oldest entry first. */
  async timelinesOf(orderIds: readonly number[]): Promise<(OrderEventView & { readonly orderId: number })[]> {
    const where = { orderId: { $in: [...orderIds] } };
    return this.em.find(OrderEventRecord, where, { orderBy: { position: 'asc' } });
  }

  /** The versions of an order above `version`, and its final one whatever its number, oldest first. */
  async versionsAfter(orderId: number, version: number): Promise<OrderVersion[]> {
    const where = {
      orderId,
      $or: [{ version: { $gt: version } }, { status: ['Cancelled', 'Delivered'] as OrderStatus[] }],
    };
    return this.em.find(OrderHistoryRecord, where, { orderBy: { version: 'asc' } });
  }

  /**
   * Every version of a user's orders, or of some of them, that was recorded in the last `seconds`, each order's in order: the
   * order as it was at it.
   */
  async recentVersions(userId: number, seconds: number, uuids?: readonly string[]): Promise<OrderView[]> {
    const [source, keys] = uuids ? [VERSIONS_OF_NAMED, [arrayLiteral(uuids)]] : [VERSIONS_OF_USER, []];
    const rows = await rowsOf<ViewRow>(
      this.database,
      `select o.id, o.uuid, o.user_id, o.total, o.currency, o.shipping_address, o.created_at,
         h.status, h.reason, h.version, h.timeline_length, h.updated_at
       from ${source}
       where h.user_id = ? and h.recorded_at >= statement_timestamp() - make_interval(secs => ?) order by o.id, h.version`,
      [...keys, userId, seconds],
    );
    return rows.map(toView);
  }

  private get em() {
    return this.database.fork();
  }
}

/** Only the conditions that were asked for: to MikroORM an undefined one is a mistake. */
function present({ userId, status }: OrderFilter) {
  return { ...(userId !== undefined && { userId }), ...(status !== undefined && { status }) };
}
