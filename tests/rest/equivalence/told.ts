import type { TappedEvent } from './event-tap.js';

/** The people and things of one side, as its own ids name them; each is spoken of by its place. */
export interface Cast {
  /** Letters that are in every name of this side. */
  readonly mark: string;
  readonly customers: readonly number[];
  readonly products: readonly number[];
  readonly orders: readonly string[];
}

/** What one publisher said of one order, product or customer, in order. */
export type Told = Readonly<Record<string, readonly Said[]>>;

interface Said {
  readonly type: string;
  readonly body: unknown;
}

/** Whether an event is about somebody or something of this side. */
export function isAbout({ body }: TappedEvent, { customers, products, orders }: Cast): boolean {
  if (typeof body['user_id'] === 'number') return customers.includes(body['user_id']);
  if (typeof body['order_uuid'] === 'string') return orders.includes(body['order_uuid']);
  return products.includes(body['id'] as number);
}

/** What a side's events say, without what differs from one side to the other: ids, names, times. */
export function toldOf(events: readonly TappedEvent[], cast: Cast): Told {
  const told: Record<string, Said[]> = {};
  for (const event of events) {
    const about = JSON.stringify(plain(subjectOf(event), cast));
    (told[`${event.publisher} of ${about}`] ??= []).push({ type: event.type, body: plain(event.body, cast) });
  }
  return settled(told);
}

/** Each aggregate's events are in order; those of two aggregates need not be. */
function subjectOf({ body }: TappedEvent): object {
  const { order_uuid, id } = body;
  return order_uuid === undefined ? { product_id: id } : { order_uuid };
}

function plain(value: unknown, cast: Cast, field = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => plain(one, cast, field));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name]) => name !== 'timestamp')
        .map(([name, one]) => [name, plain(one, cast, name)]),
    );
  switch (field) {
    case 'order_uuid':
    case 'correlation_id':
      // That of a checkout which came to no order is known to nobody.
      return `order ${cast.orders.indexOf(String(value))}`;
    case 'user_id':
      return `customer ${cast.customers.indexOf(Number(value))}`;
    case 'id':
    case 'product_id':
      return `product ${cast.products.indexOf(Number(value))}`;
    case 'payment_id':
      return typeof value;
    default:
      return typeof value === 'string' ? value.replaceAll(cast.mark, '') : value;
  }
}

/**
 * Of an order that is cancelled it is a race whether its payment was taken, and told, meanwhile: what was taken must have gone back,
 * and that is all that can be said.
 */
function settled(told: Record<string, Said[]>): Told {
  return Object.fromEntries(
    Object.entries(told).flatMap(([who, said]) => {
      const ofTheOrder = told[who.replace(/^payments/, 'orders')] ?? [];
      const wasCancelled = ofTheOrder.some(({ type }) => type === 'order.cancelled');
      if (!who.startsWith('payments') || !wasCancelled) return [[who, said]];
      const charged = said.filter(({ type }) => type !== 'payment.failed');
      const isEven = ['', 'order.paid,payment.refunded', 'payment.refunded'].includes(
        charged.map(({ type }) => type).join(),
      );
      return isEven ? [] : [[who, charged]];
    }),
  );
}
