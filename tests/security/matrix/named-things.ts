import type { Things } from '../stage.js';

/**
 * The arguments with which a root field is asked, as they stand in the operation: by each name that a thing has, and the
 * thing is the owner's wherever one is named. Throws for a field that nobody has thought of.
 */
export function argumentsOf(field: string, things: Things): readonly string[] {
  const given = rootArguments[field];
  if (!given) throw new Error(`${field} is new: say in named-things.ts with which arguments it is to be asked`);
  return given(things);
}

const rootArguments: Readonly<Record<string, (things: Things) => readonly string[]>> = {
  'Query.me': () => [''],
  'Query.users': () => ['(first: 5)'],
  'Query.product': ({ product }) => [`(id: "${product.id}")`],
  'Query.products': ({ product }) => [`(first: 2, filter: { search: "${product.name}" })`],
  'Query.cart': () => [''],
  'Query.order': ({ order }) => [`(id: "${order.id}")`, `(id: "${order.uuid}")`],
  'Query.orders': () => ['(first: 2)'],
  'Query.allOrders': ({ owner }) => [`(first: 2, userId: "${owner.id}")`, '(first: 5)'],
  'Query.payment': ({ order }) => [`(orderUuid: "${order.uuid}")`],
  'Query.emails': () => ['(first: 5)'],
  'Query.logs': ({ logEntry }) => [`(first: 2, filter: { traceId: "${logEntry.traceId}" })`],
  'Subscription.orderStatusChanged': ({ order }) => [`(orderId: "${order.id}")`, `(orderId: "${order.uuid}")`],
};

/** The key under which the owner's thing is found at a subgraph. */
export function keyOf(type: string, key: string, things: Things): string {
  const { owner, product, cartItem, order, orderItem, payment, email, logEntry } = things;
  const ids: Readonly<Record<string, string>> = {
    'User id': owner.id,
    'Product id': product.id,
    'Cart id': owner.id,
    'CartItem id': cartItem.id,
    'Order id': order.id,
    'Order uuid': order.uuid,
    'OrderItem id': orderItem.id,
    'Payment id': payment.id,
    'Email id': email.id,
    'LogEntry id': logEntry.id,
  };
  const id = ids[`${type} ${key}`];
  if (id === undefined)
    throw new Error(`${type} has a new key, ${key}: say in named-things.ts which one the owner's has`);
  return id;
}
