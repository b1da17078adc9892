import {
  ADMIN,
  BY_SECRET,
  NOBODY,
  OWN,
  OWN_OR_ADMIN,
  OWNER_ACTS,
  PUBLIC,
  type Rule,
  SERVICE_ONLY,
  SIGNED_IN,
  THEIR_OWN,
  TRIAL,
} from './rules.js';

/**
 * Who may do what: every field of the graph and every route, each with its rule; rules.ts says what a rule answers whom.
 * A field is asked on every way that leads to it, and each step of the way has its say: `Order.total` by `Query.users`
 * takes what `Query.users` takes, first.
 */
export type Permissions = Readonly<Record<string, Rule>>;

export const fields: Permissions = {
  // ------------------------------------------------------------------------------------------------ auth
  'Query.me': THEIR_OWN,
  'Query.users': ADMIN,
  'Mutation.register': BY_SECRET,
  'Mutation.login': BY_SECRET,
  'Mutation.refreshToken': BY_SECRET,
  'Mutation.logout': THEIR_OWN,
  'Mutation.changePassword': THEIR_OWN,
  'Mutation.setUserRole': ADMIN,
  'Mutation.deactivateUser': ADMIN,
  'AuthPayload.token': PUBLIC, // whoever came as far as this has a right to it
  'AuthPayload.refreshToken': PUBLIC,
  'AuthPayload.expiresIn': PUBLIC,
  'AuthPayload.user': PUBLIC,
  'User.id': OWN_OR_ADMIN,
  'User.id at orders': PUBLIC, // the key that was asked by: it says nothing
  'User.email': OWN_OR_ADMIN,
  'User.username': OWN_OR_ADMIN,
  'User.role': OWN_OR_ADMIN,
  'User.createdAt': OWN_OR_ADMIN,
  'User.orders': OWN_OR_ADMIN,
  'UserConnection.edges': ADMIN,
  'UserConnection.pageInfo': ADMIN,
  'UserEdge.cursor': ADMIN,
  'UserEdge.node': ADMIN,

  // ------------------------------------------------------------------------------------------------ products
  'Query.product': PUBLIC,
  'Query.products': PUBLIC,
  'Mutation.createProducts': ADMIN,
  'Mutation.updateProduct': ADMIN,
  'Mutation.deleteProduct': ADMIN,
  'Product.id': PUBLIC,
  'Product.name': PUBLIC,
  'Product.description': PUBLIC,
  'Product.price': PUBLIC,
  'Product.currency': PUBLIC,
  'Product.stock': PUBLIC,
  'Product.inStock': PUBLIC,
  'Product.version': PUBLIC,
  'Product.createdAt': PUBLIC,
  'Product.updatedAt': PUBLIC,
  'ProductConnection.edges': PUBLIC,
  'ProductConnection.pageInfo': PUBLIC,
  'ProductEdge.cursor': PUBLIC,
  'ProductEdge.node': PUBLIC,

  // ------------------------------------------------------------------------------------------------ cart
  'Query.cart': THEIR_OWN,
  'Mutation.addToCart': THEIR_OWN,
  'Mutation.updateCartItem': OWN,
  'Mutation.removeFromCart': OWN,
  'Mutation.clearCart': THEIR_OWN,
  'Cart.id': OWN,
  'Cart.items': OWN,
  'Cart.itemCount': OWN,
  'Cart.total': OWN,
  'Cart.currency': OWN,
  'CartItem.id': OWN,
  'CartItem.product': OWN,
  'CartItem.quantity': OWN,
  'CartItem.price': OWN,
  'CartItem.subtotal': OWN,

  // ------------------------------------------------------------------------------------------------ orders
  'Query.order': OWN_OR_ADMIN,
  'Query.orders': THEIR_OWN,
  'Query.allOrders': ADMIN,
  'Mutation.placeOrder': THEIR_OWN,
  'Mutation.cancelOrder': OWNER_ACTS,
  'Mutation.updateOrderStatus': ADMIN,
  'Subscription.orderStatusChanged': OWN_OR_ADMIN,
  'Order.id': OWN_OR_ADMIN,
  'Order.uuid': OWN_OR_ADMIN,
  'Order.uuid at mailer': SIGNED_IN, // the key that was asked by: it says nothing
  'Order.uuid at payments': SIGNED_IN, // likewise
  'Order.user': OWN_OR_ADMIN,
  'Order.status': OWN_OR_ADMIN,
  'Order.cancellationReason': OWN_OR_ADMIN,
  'Order.items': OWN_OR_ADMIN,
  'Order.total': OWN_OR_ADMIN,
  'Order.currency': OWN_OR_ADMIN,
  'Order.shippingAddress': OWN_OR_ADMIN,
  'Order.version': OWN_OR_ADMIN,
  'Order.timeline': OWN_OR_ADMIN,
  'Order.createdAt': OWN_OR_ADMIN,
  'Order.updatedAt': OWN_OR_ADMIN,
  'OrderItem.id': OWN_OR_ADMIN,
  'OrderItem.name': OWN_OR_ADMIN,
  'OrderItem.product': OWN_OR_ADMIN,
  'OrderItem.quantity': OWN_OR_ADMIN,
  'OrderItem.price': OWN_OR_ADMIN,
  'OrderItem.subtotal': OWN_OR_ADMIN,
  'OrderEvent.type': OWN_OR_ADMIN,
  'OrderEvent.at': OWN_OR_ADMIN,
  'OrderEvent.detail': OWN_OR_ADMIN,
  'OrderConnection.edges': OWN_OR_ADMIN,
  'OrderConnection.pageInfo': OWN_OR_ADMIN,
  'OrderEdge.cursor': OWN_OR_ADMIN,
  'OrderEdge.node': OWN_OR_ADMIN,

  // ------------------------------------------------------------------------------------------------ payments
  'Query.payment': OWN_OR_ADMIN,
  'Order.payment': OWN_OR_ADMIN,
  'Payment.id': OWN_OR_ADMIN,
  'Payment.order': OWN_OR_ADMIN,
  'Payment.amount': OWN_OR_ADMIN,
  'Payment.currency': OWN_OR_ADMIN,
  'Payment.provider': OWN_OR_ADMIN,
  'Payment.status': OWN_OR_ADMIN,
  'Payment.failureReason': OWN_OR_ADMIN,
  'Payment.createdAt': OWN_OR_ADMIN,

  // ------------------------------------------------------------------------------------------------ mailer
  'Query.emails': ADMIN,
  'Order.emails': OWN_OR_ADMIN,
  'Email.id': OWN_OR_ADMIN,
  'Email.to': OWN_OR_ADMIN,
  'Email.subject': OWN_OR_ADMIN,
  'Email.sentAt': OWN_OR_ADMIN,
  'EmailConnection.edges': ADMIN,
  'EmailConnection.pageInfo': ADMIN,
  'EmailEdge.cursor': ADMIN,
  'EmailEdge.node': ADMIN,

  // ------------------------------------------------------------------------------------------------ logger
  'Query.logs': ADMIN,
  'LogEntry.id': ADMIN,
  'LogEntry.timestamp': ADMIN,
  'LogEntry.level': ADMIN,
  'LogEntry.service': ADMIN,
  'LogEntry.message': ADMIN,
  'LogEntry.traceId': ADMIN,
  'LogEntry.fields': ADMIN,
  'LogEntryConnection.edges': ADMIN,
  'LogEntryConnection.pageInfo': ADMIN,
  'LogEntryEdge.cursor': ADMIN,
  'LogEntryEdge.node': ADMIN,

  // ------------------------------------------------------------------------------------------------ everywhere
  'PageInfo.hasNextPage': PUBLIC, // of a list that one may see
  'PageInfo.hasPreviousPage': PUBLIC,
  'PageInfo.startCursor': PUBLIC,
  'PageInfo.endCursor': PUBLIC,
};

/** The routes that the OpenAPI documents describe. What stands behind a route is what is asked of it, where that matters. */
export const routes: Permissions = {
  'POST /auth/register': BY_SECRET,
  'POST /auth/login': BY_SECRET,
  'GET /api/profile': THEIR_OWN,

  'GET /products': PUBLIC,
  'GET /products/{id}': PUBLIC,
  'POST /products': ADMIN,
  'PUT /products/{id}': ADMIN,
  'DELETE /products/{id}': ADMIN,

  'GET /cart': THEIR_OWN,
  'POST /cart': THEIR_OWN,
  'PUT /cart/{id}': OWN,
  'DELETE /cart/{id}': OWN,
  'DELETE /cart': THEIR_OWN,

  'POST /orders': THEIR_OWN,
  'GET /orders': THEIR_OWN,
  'GET /orders/search': OWN_OR_ADMIN,
  'GET /orders/{id}': OWN_OR_ADMIN,
  'PUT /orders/{id}/status Cancelled': OWNER_ACTS,
  'PUT /orders/{id}/status Shipped': ADMIN,

  'GET /payments/{order_uuid}': OWN_OR_ADMIN,

  'GET /.well-known/ended-sessions': PUBLIC, // hashes of ids

  'POST /ingest': SERVICE_ONLY, // by INGEST_TOKEN, where one is set, as here
};

/**
 * Routes that no document describes, by where they are: at each door, at each but the gateway, or at one. They are for machines,
 * and pages for people. What runs and stands neither here nor in a document is found by what the routers themselves say.
 */
export const undocumentedRoutes: Permissions = {
  'POST /cart/checkout at cart': SERVICE_ONLY, // by the secret that orders and cart share
  'POST /cart/checkout at gateway': NOBODY,
  'POST /ingest at gateway': NOBODY,
  'GET /.well-known/jwks.json at auth': PUBLIC,
  'GET /.well-known/ended-sessions at gateway': NOBODY,
  'GET /mail at mailer': TRIAL, // production refuses to start without a mail server, and with one there is nothing here
  'GET /mail at gateway': NOBODY,
  'GET /mail/{id} at mailer': TRIAL,
  'GET /mail/{id} at gateway': NOBODY,
  'GET / at gateway': PUBLIC,
  'GET /docs at gateway': PUBLIC,
  'GET /graphiql at gateway': PUBLIC,
  'GET /healthz at each': PUBLIC,
  'GET /readyz at each': PUBLIC,
  'GET /metrics at each': PUBLIC, // on ports that are kept off the internet
  'GET /swagger/json at each': PUBLIC,
  'GET /swagger/index.html at each': PUBLIC,
  'GET /swagger at each': PUBLIC,
  'GET /swagger/yaml at each': PUBLIC,
  'GET /swagger/index.js at each': PUBLIC,
  'GET /swagger/static/{file} at each': PUBLIC,
  'GET /swagger/static/index.html at services': PUBLIC,
  'GET /swagger/static/swagger-initializer.js at services': PUBLIC,
};
