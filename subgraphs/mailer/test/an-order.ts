import { randomUUID } from 'node:crypto';

export interface AnOrder {
  readonly order_uuid: string;
  readonly user_id: number;
  readonly email: string;
  readonly total: number;
  readonly currency: string;
  readonly items: readonly { product_id: number; name: string; quantity: number; price: number }[];
}

/** What orders says of an order that it confirms, of somebody whom no other test writes to. */
export function anOrder(different: Partial<AnOrder> = {}): AnOrder {
  const uuid = randomUUID();
  return {
    order_uuid: uuid,
    user_id: 7,
    email: `u${uuid.slice(0, 8)}@example.com`,
    total: 145_000,
    currency: 'VND',
    items: [
      { product_id: 1, name: 'Trà sen', quantity: 2, price: 60_000 },
      { product_id: 2, name: 'Tea cup', quantity: 1, price: 25_000 },
    ],
    ...different,
  };
}

/** What orders says when it cancels that order. */
export function cancellationOf({ order_uuid, user_id, email, items }: AnOrder, reason = 'OUT_OF_STOCK') {
  return { order_uuid, user_id, email, reason, items };
}

let payments = 0;

/** What payments says when it gives back what that order cost. */
export function refundOf({ order_uuid, user_id, email, total: amount, currency }: AnOrder) {
  payments += 1;
  return { order_uuid, user_id, email, payment_id: payments, amount, currency };
}
