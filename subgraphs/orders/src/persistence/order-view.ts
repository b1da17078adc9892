import type { CancellationReason, OrderStatus } from '../domain/order.js';

/** An order as it is read: now, or at one of its versions. */
export interface OrderView {
  readonly id: number;
  readonly uuid: string;
  readonly userId: number;
  readonly status: OrderStatus;
  readonly reason: CancellationReason | null;
  /** Minor units. */
  readonly total: number;
  readonly currency: string;
  readonly shippingAddress: string | null;
  readonly version: number;
  /** How many entries of the timeline belong to it. */
  readonly timelineLength: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What differs from version to version. */
export type OrderVersion = Pick<OrderView, 'status' | 'reason' | 'version' | 'timelineLength' | 'updatedAt'> & {
  readonly orderId: number;
};

export interface OrderItemView {
  readonly id: number;
  readonly orderId: number;
  readonly productId: number;
  readonly name: string;
  readonly quantity: number;
  /** Minor units. */
  readonly price: number;
}

export interface OrderEventView {
  readonly position: number;
  /** The routing key. */
  readonly type: string;
  readonly at: Date;
  readonly detail: object | null;
}

/** An order as it was at a version of it. */
export function asOf(
  order: OrderView,
  { status, reason, version, timelineLength, updatedAt }: OrderVersion,
): OrderView {
  return { ...order, status, reason, version, timelineLength, updatedAt };
}
