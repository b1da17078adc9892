import type { OrderView } from './order-view.js';
import type { Answer, CancellationReason, Order, OrderLine, OrderStatus } from '../domain/order.js';

/** A locked row of `orders` with its items, as the driver hands it over: bigint and timestamptz come as text. */
export interface OrderRow {
  readonly uuid: string;
  readonly user_id: string;
  readonly email: string;
  readonly total: string;
  readonly currency: string;
  readonly status: OrderStatus;
  readonly reason: CancellationReason | null;
  readonly version: number;
  readonly heard: Answer[];
  readonly updated_at: string;
  readonly items: OrderLine[];
}

/** The row as the state that it stands for. */
export function toOrder(row: OrderRow): Order {
  const { uuid, email, currency, version, heard, items, status } = row;
  const placed = {
    ...{ uuid, email, currency, version, heard, items },
    userId: Number(row.user_id),
    total: Number(row.total),
    updatedAt: new Date(row.updated_at),
  };
  if (status !== 'Cancelled') return { ...placed, status };
  if (row.reason === null) throw new Error(`order ${uuid} is cancelled for no reason`);
  return { ...placed, status, reason: row.reason };
}

/** The columns of `orders` that make a `ViewRow`. */
export const VIEW_COLUMNS =
  'id, uuid, user_id, status, reason, total, currency, shipping_address, version, timeline_length, created_at, updated_at';

/** A row of `orders` at one of its versions, as the driver hands it over. */
export interface ViewRow extends Pick<OrderRow, 'uuid' | 'user_id' | 'total' | 'currency' | 'status' | 'reason'> {
  readonly id: string;
  readonly shipping_address: string | null;
  readonly version: number;
  readonly timeline_length: number;
  readonly created_at: string;
  readonly updated_at: string;
}

export function toView(row: ViewRow): OrderView {
  const { uuid, currency, status, reason, version } = row;
  return {
    ...{ uuid, currency, status, reason, version },
    id: Number(row.id),
    userId: Number(row.user_id),
    total: Number(row.total),
    shippingAddress: row.shipping_address,
    timelineLength: row.timeline_length,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  };
}
