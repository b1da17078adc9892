import { requireCallers } from '@shop/shared/http/identity';
import type { TokenVerifier } from '@shop/shared/auth/token-verifier';
import { errorBody, errors, needsToken, noBody } from '@shop/shared/http/openapi';
import { idParams } from '@shop/shared/http/request-fields';
import type { Door } from '@shop/shared/http/web-server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  type CartItem,
  itemOf,
  MAX_ITEMS,
  MAX_QUANTITY,
  productNotFound,
  quantityRule,
  subtotal,
} from '../domain/cart.js';
import type { CartStore } from '../persistence/cart.store.js';
import type { CartUseCases } from '../use-cases/cart-use-cases.js';

const quantity = z.int(quantityRule).min(1, quantityRule).max(MAX_QUANTITY, quantityRule);
const itemBody = z.object({
  id: z.int().min(1),
  product_id: z.int().min(1),
  quantity: z.int().min(1),
  price: z.int().min(0).describe("The product's price as it is now, in the currency's minor unit"),
  subtotal: z.int().min(0),
});
/** An id past all ids is one that no product has, and what is no whole number is no id. */
const productId = z
  .int({
    error: ({ code, input }) => (code === 'too_big' || code === 'too_small' ? 'product not found' : notAnId(input)),
  })
  .min(1, 'product not found');
const notAnId = (input: unknown) => (input === undefined || input === null ? undefined : 'invalid id');
const added = z.object({ product_id: productId, quantity }).meta({ examples: [{ product_id: 1, quantity: 2 }] });
const changed = z.object({ quantity }).meta({ examples: [{ quantity: 3 }] });

interface CartRoutesOptions {
  readonly useCases: CartUseCases;
  readonly carts: CartStore;
  readonly verifier: TokenVerifier;
}

const notAdded = errorBody.describe(
  `Bad payload, product not found, insufficient stock, or more than ${MAX_ITEMS} different products`,
);

/** The REST door of the cart. Every route is about the caller's own cart. */
export function cartRoutes({ useCases, carts, verifier }: CartRoutesOptions): Door {
  return async (server) => {
    await server.register(async (scope) => {
      const callerOf = requireCallers(scope, verifier);
      routes(scope, { useCases, carts, userOf: (request) => Number(callerOf(request).userId) });
    });
  };
}

interface Routes {
  readonly useCases: CartUseCases;
  readonly carts: CartStore;
  readonly userOf: (request: FastifyRequest) => number;
}

function routes(untyped: FastifyInstance, { useCases, carts, userOf }: Routes): void {
  const app = untyped.withTypeProvider<ZodTypeProvider>();
  const security = needsToken;

  app.get(
    '/cart',
    {
      schema: {
        operationId: 'showCart',
        summary: 'What is in the cart',
        security,
        response: { 200: z.array(itemBody).describe('The items of the cart'), ...errors(401) },
      },
    },
    async (request) => {
      const [cart] = await carts.findMany([userOf(request)]);
      return (cart?.items ?? []).map(toBody);
    },
  );
  app.post(
    '/cart',
    {
      schema: {
        operationId: 'addToCart',
        summary: 'Adds a product, on top of what is there of it',
        security,
        body: added,
        response: {
          201: itemBody.describe('The item, with all that is in the cart of it'),
          400: notAdded,
          ...errors(401),
        },
      },
    },
    async (request, reply) => {
      const { product_id: productId, quantity } = request.body;
      const cart = await useCases.addToCart.run(userOf(request), productId, quantity);
      const item = cart.items.find((candidate) => candidate.productId === productId);
      // Its product was deleted in this very moment.
      if (!item) throw productNotFound();
      return reply.status(201).send(toBody(item));
    },
  );
  app.put(
    '/cart/:id',
    {
      schema: {
        operationId: 'updateCartItem',
        summary: 'Sets the quantity of an item',
        security,
        params: idParams,
        body: changed,
        response: { 200: itemBody.describe('The item as it is now'), ...errors(400, 401, 404) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const cart = await useCases.updateCartItem.run(userOf(request), id, request.body.quantity);
      return toBody(itemOf(cart, id, 'item not found in cart'));
    },
  );
  app.delete(
    '/cart/:id',
    {
      schema: {
        operationId: 'removeCartItem',
        summary: 'Removes an item',
        security,
        params: idParams,
        response: { 204: noBody, ...errors(401, 404) },
      },
    },
    async (request, reply) => {
      await useCases.removeFromCart.run(userOf(request), request.params.id);
      return reply.status(204).send();
    },
  );
  app.delete(
    '/cart',
    {
      schema: {
        operationId: 'clearCart',
        summary: 'Empties the cart',
        security,
        response: { 204: noBody, ...errors(401) },
      },
    },
    async (request, reply) => {
      await useCases.clearCart.run(userOf(request));
      return reply.status(204).send();
    },
  );
}

function toBody(item: CartItem): z.output<typeof itemBody> {
  const { id, productId, quantity, price } = item;
  return { id, product_id: productId, quantity, price, subtotal: subtotal(item) };
}
