import type { GraphqlContext } from '@shop/shared/graphql/context';
import { numericId } from '@shop/shared/graphql/identifiers';
import { isUuid } from '@shop/shared/text/uuid';
import type { ReferenceResolver } from '@shop/shared/graphql/build-subgraph';
import type { OrdersLoaders } from './loaders.js';
import type { OrderItemView, OrderView } from '../persistence/order-view.js';
import { maySee } from '../use-cases/view-order.js';

type Context = GraphqlContext<OrdersLoaders>;
type Reference = Record<string, unknown>;

/** Entities by their keys; null for what is absent or not the caller's to see. */
export const references: Readonly<Record<string, ReferenceResolver>> = {
  Order: (reference, context: Context) => orderOf(reference, context),
  OrderItem: (reference, context: Context) => itemOf(reference, context),
  User: ({ id }) => (numericId(id) === null ? null : { id: String(id) }),
};

async function orderOf({ id, uuid }: Reference, { caller, loaders }: Context): Promise<OrderView | null> {
  const order = await (uuid === undefined ? byId(id, loaders) : byUuid(uuid, loaders));
  return order && maySee(caller, order.userId) ? order : null;
}

async function itemOf({ id }: Reference, { caller, loaders }: Context): Promise<OrderItemView | null> {
  const itemId = numericId(id);
  const item = itemId === null ? null : await loaders.itemById.load(itemId);
  const order = item && (await loaders.orderById.load(item.orderId));
  return order && maySee(caller, order.userId) ? item : null;
}

async function byUuid(uuid: unknown, loaders: OrdersLoaders): Promise<OrderView | null> {
  return isUuid(uuid) ? loaders.orderByUuid.load(uuid.toLowerCase()) : null;
}

async function byId(id: unknown, loaders: OrdersLoaders): Promise<OrderView | null> {
  const numeric = numericId(id);
  return numeric === null ? null : loaders.orderById.load(numeric);
}
