import { orderRequested } from '@shop/shared/contracts/order-events';
import { UNCONFIRMED } from '@shop/shared/delivery/outbox';
import type { Tx } from '@shop/shared/delivery/transactions';
import type { EntityManager } from '@shop/shared/persistence/database';
import { arrayLiteral, rowsLater, rowsOf, withNext } from '@shop/shared/persistence/statements';
import { toOrder, toView, VIEW_COLUMNS, type OrderRow, type ViewRow } from './order-row.js';
import type { OrderView } from './order-view.js';
import type { Decision } from '../domain/decide.js';
import type { Order, PendingOrder, TimelineEntry } from '../domain/order.js';
import type { OrderProgress } from '../order-metrics.js';

const LOCKED = `
  select o.uuid, o.user_id, o.email, o.total, o.currency, o.status, o.reason, o.version, o.heard, o.updated_at,
    (select jsonb_agg(jsonb_build_object(
       'productId', i.product_id, 'name', i.name, 'quantity', i.quantity, 'price', i.price) order by i.id)
     from order_items i where i.order_id = o.id) as items
  from orders o`;

/** After the broker was away there may be many: their answers must not wait for all of them. */
const CONFIRMED_AT_ONCE = 1_000;

/** Writes orders. Every step of an order first locks its row, so that two that come together see each other. */
export class OrderStore {
  constructor(private readonly progress: OrderProgress) {}

  /** The order under this uuid, locked until the transaction ends; null when there is none. */
  async lock(em: EntityManager, uuid: string): Promise<Order | null> {
    const [row] = await rowsOf<OrderRow>(em, `${LOCKED} where o.uuid = ? for update of o`, [uuid]);
    return row ? toOrder(row) : null;
  }

  /**
   * A Pending order whose request was known to be confirmed at `limit` or before, locked; null when nobody else leaves one.
   * Orders that somebody is working on right now are passed over.
   */
  async lockOverdue(em: EntityManager, limit: Date): Promise<Order | null> {
    const [row] = await rowsOf<OrderRow>(
      em,
      `${LOCKED} where o.status = 'Pending' and o.confirmed_at <= ?
       order by o.confirmed_at limit 1 for update of o skip locked`,
      [limit],
    );
    return row ? toOrder(row) : null;
  }

  /**
   * Notes of Pending orders that their request does not wait in the outbox any more: from then on they wait for answers. Most
   * are Paid before anybody looks. Passes over what somebody is working on.
   */
  async confirm(em: EntityManager, at: Date): Promise<void> {
    await withNext(
      em,
      // By indexes of what waits, whatever the statistics say of it: what waits there is asked for once, and each order found by its key.
      `with found as materialized (
         select o.id from orders o
         where o.status = 'Pending' and o.confirmed_at is null and o.uuid::text not in (${UNCONFIRMED})
         limit ${CONFIRMED_AT_ONCE} for update of o skip locked)
       update orders set confirmed_at = ? from found where orders.id = found.id`,
      [orderRequested.key, at],
    );
  }

  /**
   * A new order: its row, items, first version and first entry of the timeline, in one statement. What it looks like is to be had
   * once the transaction is committed.
   */
  async insert(
    { em, afterCommit }: Tx,
    order: PendingOrder,
    shippingAddress: string | null,
    timeline: readonly TimelineEntry[],
  ): Promise<() => OrderView> {
    const { uuid, userId, email, status, total, currency, version, items, updatedAt: at } = order;
    const rows = await rowsLater<ViewRow>(
      em,
      `with placed as (
         insert into orders (uuid, user_id, email, status, total, currency, shipping_address, version, timeline_length,
           created_at, updated_at)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning *),
       items as (
         insert into order_items (order_id, product_id, name, quantity, price)
         select placed.id, item."productId", item.name, item.quantity, item.price
         from placed, rows from (jsonb_to_recordset(?::jsonb)
           as ("productId" bigint, name text, quantity int, price bigint)) with ordinality
           as item("productId", name, quantity, price, n)
         order by item.n),
       ${TIMELINE('placed')},
       begun as (${HISTORY('placed')})
       select ${VIEW_COLUMNS} from placed`,
      [
        ...[uuid, userId, email, status, total, currency, shippingAddress, version, timeline.length, at, at],
        JSON.stringify(items),
        entries(timeline),
      ],
    );
    afterCommit(() => this.progress.placed());
    return () => {
      const [row] = rows();
      if (!row) throw new Error('an insert returns its row');
      return toView(row);
    };
  }

  /** What a decision changed: the row, a version of the history if the status moved, entries of the timeline. */
  async save({ em, afterCommit }: Tx, before: Order, { order, timeline }: Decision): Promise<void> {
    await withNext(
      em,
      `with changed as (
         update orders set status = ?, reason = ?, version = ?, heard = ?::text[], updated_at = ?,
           timeline_length = timeline_length + ?
         where uuid = ? returning *),
       ${TIMELINE('changed')}
       ${HISTORY('changed')} where version > ?`,
      [
        ...[order.status, order.status === 'Cancelled' ? order.reason : null, order.version],
        ...[arrayLiteral(order.heard), order.updatedAt, timeline.length, order.uuid],
        entries(timeline),
        before.version,
      ],
    );
    afterCommit(() => this.progress.moved(before, order));
  }
}

/** Adds entries, given from the last one back, at the end of the timeline of the order in `source`. */
const TIMELINE = (source: string) => `
  said as (
    insert into order_events (order_id, position, type, at, detail)
    select ${source}.id, ${source}.timeline_length - entry.back, entry.type, entry.at, entry.detail
    from ${source}, jsonb_to_recordset(?::jsonb) as entry(back int, type text, at timestamptz, detail jsonb))`;

/** Keeps the order in `source` as the beginning of a version. */
const HISTORY = (source: string) => `
  insert into order_history (order_id, version, user_id, status, reason, timeline_length, updated_at)
  select id, version, user_id, status, reason, timeline_length, updated_at from ${source}`;

function entries(timeline: readonly TimelineEntry[]): string {
  return JSON.stringify(timeline.map((entry, index) => ({ ...entry, back: timeline.length - 1 - index })));
}
