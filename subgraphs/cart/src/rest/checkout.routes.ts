import { bearerToken } from '@shop/shared/auth/caller';
import { USER_CHALLENGE, verifyServiceToken } from '@shop/shared/auth/service-identity';
import type { TokenVerifier } from '@shop/shared/auth/token-verifier';
import { fields } from '@shop/shared/contracts/fields';
import { forbidden, unauthenticated } from '@shop/shared/errors/app-error';
import type { Door } from '@shop/shared/http/web-server';
import type { FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { CheckoutItem } from '../domain/checkout.js';
import type { TakeCheckout } from '../use-cases/take-checkout.js';

const asked = z.object({ order_uuid: fields.orderUuid, user_id: fields.id });
const taken = z.object({
  items: z.array(z.object({ product_id: z.number(), name: z.string(), quantity: z.number(), price: z.number() })),
});

/**
 * The step by which orders, and nobody else, takes a cart: `POST /cart/checkout`. It is in no public document. Orders proves
 * itself in `Authorization`, and shows in `X-User-Authorization` the token of the user whose cart it takes: it can't take
 * that of one who has not asked for it.
 */
export function checkoutRoutes(
  takeCheckout: TakeCheckout,
  ordersIdentitySecret: string,
  verifier: Pick<TokenVerifier, 'verify'>,
): Door {
  const identity = { secret: ordersIdentitySecret, issuer: 'orders', audience: 'cart' };
  return (untyped) => {
    untyped.withTypeProvider<ZodTypeProvider>().post(
      '/cart/checkout',
      {
        schema: { hide: true, body: asked, response: { 200: taken } },
        // Before the body is even parsed: a stranger learns nothing of what is expected here.
        onRequest: async ({ headers }) => {
          const token = bearerToken(headers.authorization);
          if (token === null) throw unauthenticated('missing authorization header');
          verifyServiceToken(token, identity);
        },
      },
      async (request, reply) => {
        const { order_uuid: orderUuid, user_id: userId } = request.body;
        const user = await verifier.verify(userTokenOf(request)).catch((error: unknown) => {
          reply.header('www-authenticate', USER_CHALLENGE);
          throw error;
        });
        if (user.userId !== String(userId)) throw forbidden();
        const items = await takeCheckout.run(orderUuid, userId);
        return { items: items.map(toBody) };
      },
    );
  };
}

function userTokenOf({ headers }: FastifyRequest): string {
  const header = headers['x-user-authorization'];
  const token = bearerToken(typeof header === 'string' ? header : undefined);
  if (token === null) throw unauthenticated('missing x-user-authorization header');
  return token;
}

function toBody({ productId, name, quantity, price }: CheckoutItem): z.output<typeof taken>['items'][number] {
  return { product_id: productId, name, quantity, price };
}
