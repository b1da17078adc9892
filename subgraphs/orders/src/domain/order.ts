export const orderStatuses = ['Pending', 'Paid', 'Cancelled', 'Shipped', 'Delivered'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

export type CancellationReason = 'OUT_OF_STOCK' | 'PAYMENT_DECLINED' | 'CANCELLED_BY_CUSTOMER' | 'TIMED_OUT';

/** What orders hears from others, by routing key. Each is said once of an order, however often it arrives. */
export const answers = ['stock.reserved', 'stock.failed', 'order.paid', 'payment.failed', 'payment.refunded'] as const;
export type Answer = (typeof answers)[number];

/** One line of an order, at the price that the cart showed; minor units. */
export interface OrderLine {
  readonly productId: number;
  readonly name: string;
  readonly quantity: number;
  readonly price: number;
}

interface Placed {
  readonly uuid: string;
  readonly userId: number;
  readonly email: string;
  /** Minor units. */
  readonly total: number;
  readonly currency: string;
  readonly items: readonly OrderLine[];
  /** 1 when placed, one more at each change of status. */
  readonly version: number;
  /** When this version began. */
  readonly updatedAt: Date;
  /** The answers that have come so far. */
  readonly heard: readonly Answer[];
}

export interface PendingOrder extends Placed {
  readonly status: 'Pending';
}
export interface PaidOrder extends Placed {
  readonly status: 'Paid';
}
export interface CancelledOrder extends Placed {
  readonly status: 'Cancelled';
  readonly reason: CancellationReason;
}
export interface ShippedOrder extends Placed {
  readonly status: 'Shipped';
}
export interface DeliveredOrder extends Placed {
  readonly status: 'Delivered';
}

export type Order = PendingOrder | PaidOrder | CancelledOrder | ShippedOrder | DeliveredOrder;

/** Whether an order in this status never changes again. */
export function isFinal(status: OrderStatus): boolean {
  return status === 'Cancelled' || status === 'Delivered';
}

/** A saga step that orders saw or announced, under its routing key. */
export interface TimelineEntry {
  readonly type: Answer | 'order.requested' | 'order.confirmed' | 'order.cancelled';
  readonly at: Date;
  /** A JSON object, or nothing worth telling. */
  readonly detail: object | null;
}
