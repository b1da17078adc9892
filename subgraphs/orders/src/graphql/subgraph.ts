import type { GraphQLSchema } from 'graphql';
import { buildSubgraph } from '@shop/shared/graphql/build-subgraph';
import { references } from './order.reference.js';
import { OrderItemResolver, OrderResolver } from './order.resolver.js';
import { orderStatusSubscription } from './order-status.subscription.js';
import { permissions } from './permissions.js';
import { ProductStub, UserStub } from './stubs.type.js';
import { UserResolver } from './user.resolver.js';
import type { WatchOrders } from '../live-status/watch-orders.js';
import type { OrderReader } from '../persistence/order-reader.js';
import type { ChangeStatus } from '../use-cases/change-status.js';
import type { PlaceOrder } from '../use-cases/place-order.js';
import type { ViewOrder } from '../use-cases/view-order.js';

/** What the resolvers call. */
export interface SubgraphParts {
  readonly reader: OrderReader;
  readonly views: ViewOrder;
  readonly placeOrder: PlaceOrder;
  readonly changeStatus: ChangeStatus;
  readonly watch: WatchOrders;
}

/** The orders subgraph: its schema as text, and as what executes. */
export async function ordersSubgraph(parts: SubgraphParts): Promise<{ text: string; schema: GraphQLSchema }> {
  const { reader, views, placeOrder, changeStatus, watch } = parts;
  return buildSubgraph({
    resolvers: [
      new OrderResolver(reader, views, placeOrder, changeStatus),
      new OrderItemResolver(),
      new UserResolver(),
      orderStatusSubscription(watch),
    ],
    entities: [UserStub, ProductStub],
    references,
    permissions,
  });
}
