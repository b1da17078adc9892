import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { TokenVerifier } from '@shop/shared/auth/token-verifier';
import { badInput } from '@shop/shared/errors/app-error';
import { requiredId } from '@shop/shared/graphql/identifiers';
import { requireCallers } from '@shop/shared/http/identity';
import { errors, needsToken as security, withHeaders } from '@shop/shared/http/openapi';
import { listQuery, totalCount } from '@shop/shared/http/request-fields';
import type { Door } from '@shop/shared/http/web-server';
import { orderBody, type OrderBody, toOrderBody } from './order-body.js';
import { orderReference } from '../order-reference.js';
import { type OrderStatus, orderStatuses } from '../domain/order.js';
import { MAX_ADDRESS, MAX_KEY } from '../domain/wish.js';
import type { OrderReader } from '../persistence/order-reader.js';
import type { OrderView } from '../persistence/order-view.js';
import type { ChangeStatus } from '../use-cases/change-status.js';
import type { PlaceOrder } from '../use-cases/place-order.js';
import type { ViewOrder } from '../use-cases/view-order.js';

interface OrdersRoutesOptions {
  readonly reader: OrderReader;
  readonly views: ViewOrder;
  readonly placeOrder: PlaceOrder;
  readonly changeStatus: ChangeStatus;
  readonly verifier: TokenVerifier;
}

const params = z.object({ id: z.string().meta({ description: 'The numeric id, or the uuid', examples: ['1'] }) });
const placing = z
  .object({ shipping_address: z.string().meta({ maxLength: MAX_ADDRESS }).nullish() })
  .nullish()
  .meta({ examples: [{ shipping_address: '1 Tràng Tiền, Hà Nội' }, {}] });
const placingHeaders = z.object({
  'idempotency-key': z.string().optional().meta({
    description: 'The same key from the same user gets the same order back',
    maxLength: MAX_KEY,
  }),
});
const searching = z.object({
  id: z
    .string()
    .optional()
    .meta({ examples: ['1'] }),
});
const moving = z
  .object({ status: z.unknown().optional().describe('Cancelled by its owner, Shipped or Delivered by an admin') })
  .nullish()
  .meta({ examples: [{ status: 'Cancelled' }, { status: 'Shipped' }, { status: 'Delivered' }] });

/** The REST door of orders. */
export function ordersRoutes({ reader, views, placeOrder, changeStatus, verifier }: OrdersRoutesOptions): Door {
  const whole = async (order: OrderView): Promise<OrderBody> => toOrderBody(order, await reader.itemsOf([order.id]));

  return async (server) => {
    await server.register(async (scope) => {
      const callerOf = requireCallers(scope, verifier);
      const app = scope.withTypeProvider<ZodTypeProvider>();

      app.post(
        '/orders',
        {
          schema: {
            summary: "Orders what is in the caller's cart",
            ...{
              security,
              headers: placingHeaders,
              body: placing,
              response: { 201: orderBody, ...errors(400, 401, 503) },
            },
          },
        },
        async (request, reply) => {
          const idempotencyKey = request.headers['idempotency-key'];
          const wish = { shippingAddress: request.body?.shipping_address, idempotencyKey };
          return reply.status(201).send(await whole(await placeOrder.run(callerOf(request), wish)));
        },
      );
      app.get(
        '/orders',
        {
          schema: {
            summary: "The caller's own orders, newest first",
            ...{ security, querystring: listQuery },
            response: { 200: withHeaders(z.array(orderBody), totalCount), ...errors(400, 401, 503) },
          },
        },
        async (request, reply) => {
          const { limit, offset } = request.query;
          const [orders, count] = await reader.slice(Number(callerOf(request).userId), limit, offset);
          const items = await reader.itemsOf(orders.map(({ id }) => id));
          const itemsOf = Map.groupBy(items, ({ orderId }) => orderId);
          void reply.header('X-Total-Count', count);
          return orders.map((order) => toOrderBody(order, itemsOf.get(order.id) ?? []));
        },
      );
      app.get(
        '/orders/search',
        {
          schema: {
            summary: 'An order by its numeric id',
            ...{ security, querystring: searching, response: { 200: orderBody, ...errors(400, 401, 404, 503) } },
          },
        },
        async (request) => {
          const { id } = request.query;
          if (!id) throw badInput('id query parameter required', 'id');
          return whole(await views.required(callerOf(request), requiredId(id, 'id')));
        },
      );
      app.get(
        '/orders/:id',
        {
          schema: {
            summary: 'An order',
            security,
            params,
            response: { 200: orderBody, ...errors(400, 401, 404, 503) },
          },
        },
        async (request) => whole(await views.required(callerOf(request), orderReference(request.params.id, 'id'))),
      );
      app.put(
        '/orders/:id/status',
        {
          schema: {
            summary: 'Moves an order: Paid, Shipped, Delivered by an admin, Cancelled by its owner while it is Pending',
            ...{ security, params, body: moving },
            response: { 200: orderBody, ...errors(400, 401, 403, 404, 409, 503) },
          },
        },
        async (request) => {
          const reference = orderReference(request.params.id, 'id');
          const status = statusOf(request.body?.status);
          return whole(await changeStatus.run(callerOf(request), reference, status));
        },
      );
    });
  };
}

function statusOf(value: unknown): OrderStatus {
  const status = orderStatuses.find((known) => known === value);
  if (!status) throw badInput('invalid status', 'status');
  return status;
}
