/** The routes of the REST contract, and that which services ask auth by, as the document of their service has to have them. */
export const contract: Readonly<Record<string, readonly string[]>> = {
  auth: ['POST /auth/register', 'POST /auth/login', 'GET /api/profile', 'GET /.well-known/ended-sessions'],
  products: [
    ...['GET /products', 'POST /products'],
    ...['GET /products/{id}', 'PUT /products/{id}', 'DELETE /products/{id}'],
  ],
  cart: ['GET /cart', 'POST /cart', 'PUT /cart/{id}', 'DELETE /cart/{id}', 'DELETE /cart'],
  orders: ['POST /orders', 'GET /orders', 'GET /orders/search', 'GET /orders/{id}', 'PUT /orders/{id}/status'],
  payments: ['GET /payments/{order_uuid}'],
  logger: ['POST /ingest'],
  mailer: [],
};
/** What is for a service's own port alone. */
export const notForwarded = ['POST /ingest', 'GET /.well-known/ended-sessions'];
