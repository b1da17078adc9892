import type { IRules } from 'graphql-shield';
import { isAdministrator, isAuthenticated } from '@shop/shared/graphql/rules';
import { allow } from '@shop/shared/graphql/shield';

/** Who may call what. Whose order it is, the use-cases check on the loaded row. */
export const permissions: Readonly<Record<string, IRules>> = {
  Query: { order: isAuthenticated, orders: isAuthenticated, allOrders: isAdministrator },
  Mutation: { placeOrder: isAuthenticated, cancelOrder: isAuthenticated, updateOrderStatus: isAdministrator },
  Subscription: { orderStatusChanged: isAuthenticated },
  Order: isAuthenticated,
  OrderItem: isAuthenticated,
  OrderEvent: isAuthenticated,
  OrderEdge: isAuthenticated,
  OrderConnection: isAuthenticated,
  // Others' entities: only their keys, and what answers null to whoever may not see it.
  User: allow,
  Product: allow,
};
