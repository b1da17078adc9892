import { randomUUID } from 'node:crypto';

export interface AnOrder {
  readonly correlation_id: string;
  readonly order_uuid: string;
  readonly user_id: number;
  readonly email: string;
  readonly total: number;
  readonly currency: string;
  readonly items: readonly { product_id: number; name: string; quantity: number; price: number }[];
}

/** What orders says of an order when it asks for its payment. */
export function anOrder({ total = 120_000, userId = 7 }: { total?: number; userId?: number } = {}): AnOrder {
  const uuid = randomUUID();
  return {
    correlation_id: uuid,
    order_uuid: uuid,
    user_id: userId,
    email: `user${userId}@example.com`,
    total,
    currency: 'VND',
    items: [{ product_id: 1, name: 'Tea', quantity: 1, price: total }],
  };
}

/** What orders says when it cancels that order. */
export function cancellationOf({ order_uuid, user_id, email, items }: AnOrder) {
  return { order_uuid, user_id, email, reason: 'CANCELLED_BY_CUSTOMER', items };
}
