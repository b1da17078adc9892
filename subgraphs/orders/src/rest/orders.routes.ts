import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { TokenVerifier } from '@shop/shared/auth/token-verifier';
import { boundedText } from '@shop/shared/http/body-fields';
import { requireCallers } from '@shop/shared/http/identity';
import { errorBody, errors, needsToken as security, withHeaders } from '@shop/shared/http/openapi';
import { idQuery, listQuery, totalCount } from '@shop/shared/http/request-fields';
import type { Door } from '@shop/shared/http/web-server';
import { orderBody, type OrderBody, toOrderBody } from './order-body.js';
import { referenceIn } from '../order-reference.js';
import { orderStatuses } from '../domain/order.js';
import { addressBounds, keyBounds } from '../domain/wish.js';
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

const params = z.object({
  id: z
    .string()
    .meta({ description: 'The numeric id, or the uuid', examples: ['1'] })
    .transform((id, { addIssue }) => {
      const reference = referenceIn(id);
      if (reference === null) addIssue('invalid id');
      return reference ?? z.NEVER;
    }),
});
const placing = z
  .object({ shipping_address: boundedText(addressBounds).nullish() })
  .nullish()
  .meta({ examples: [{ shipping_address: '1 Tràng Tiền, Hà Nội' }, {}] });
const placingHeaders = z.object({
  'idempotency-key': boundedText(keyBounds)
    .describe('The same key from the same user gets the same order back')
    .optional(),
});
const moving = z
  .object(
    {
      status: z
        .enum(orderStatuses, 'invalid status')
        .describe('Cancelled by its owner, Shipped or Delivered by an admin'),
    },
    'invalid status',
  )
  .meta({ examples: [{ status: 'Cancelled' }, { status: 'Shipped' }, { status: 'Delivered' }] });
const order = orderBody.describe('The order');
const moved = orderBody.describe('The order as it is now');

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
            operationId: 'placeOrder',
            summary: "Orders what is in the caller's cart",
            ...{
              security,
              headers: placingHeaders,
              body: placing,
              response: {
                201: orderBody.describe(
                  'The order, Pending; with a key that was used before, the order of then as it is now',
                ),
                400: errorBody.describe('Bad payload, or the cart is empty'),
                ...errors(401),
              },
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
            operationId: 'listOrders',
            summary: "The caller's own orders, newest first",
            ...{ security, querystring: listQuery },
            response: {
              200: withHeaders(z.array(orderBody).describe('A page of the orders'), totalCount),
              ...errors(400, 401),
            },
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
            operationId: 'findOrder',
            summary: 'An order by its numeric id',
            ...{ security, querystring: idQuery, response: { 200: order, ...errors(400, 401, 404) } },
          },
        },
        async (request) => {
          return whole(await views.required(callerOf(request), request.query.id));
        },
      );
      app.get(
        '/orders/:id',
        {
          schema: {
            operationId: 'showOrder',
            summary: 'An order',
            security,
            params,
            response: { 200: order, ...errors(400, 401, 404) },
          },
        },
        async (request) => whole(await views.required(callerOf(request), request.params.id)),
      );
      app.put(
        '/orders/:id/status',
        {
          schema: {
            operationId: 'moveOrder',
            summary: 'Moves an order: Paid, Shipped, Delivered by an admin, Cancelled by its owner while it is Pending',
            ...{ security, params, body: moving },
            response: { 200: moved, ...errors(400, 401, 403, 404, 409) },
          },
        },
        async (request) => {
          const { params, body } = request;
          return whole(await changeStatus.run(callerOf(request), params.id, body.status));
        },
      );
    });
  };
}
