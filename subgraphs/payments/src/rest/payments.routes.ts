import type { TokenVerifier } from '@shop/shared/auth/token-verifier';
import { notFound } from '@shop/shared/errors/app-error';
import { isUuid } from '@shop/shared/text/uuid';
import { requireCallers } from '@shop/shared/http/identity';
import { errors, needsToken } from '@shop/shared/http/openapi';
import type { Door } from '@shop/shared/http/web-server';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { maySee } from '../domain/ownership.js';
import type { PaymentStore, StoredPayment } from '../persistence/payment.store.js';

const paymentBody = z.object({
  id: z.int().min(1),
  order_uuid: z.uuid(),
  amount: z.int().min(0).describe("In the currency's minor unit"),
  currency: z.string(),
  provider: z.string(),
  status: z.enum(['PENDING', 'SUCCEEDED', 'FAILED', 'REFUNDED']),
  failure_reason: z.string().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

const params = z.object({
  order_uuid: z.string().meta({ format: 'uuid', examples: ['0190b3a4-7c1e-7000-8000-000000000000'] }),
});

/** The REST door of payments. */
export function paymentsRoutes(payments: PaymentStore, verifier: TokenVerifier): Door {
  return async (server) => {
    await server.register(async (scope) => {
      const callerOf = requireCallers(scope, verifier);
      scope.withTypeProvider<ZodTypeProvider>().get(
        '/payments/:order_uuid',
        {
          schema: {
            operationId: 'showPayment',
            summary: "An order's payment, for its owner or an administrator",
            params,
            security: needsToken,
            response: { 200: paymentBody.describe('The payment'), ...errors(401, 404) },
          },
        },
        async (request) => {
          const { order_uuid: orderUuid } = request.params;
          const [payment] = isUuid(orderUuid) ? await payments.findByOrders([orderUuid]) : [];
          if (!payment || !maySee(callerOf(request), payment)) throw notFound('not found');
          return toBody(payment);
        },
      );
    });
  };
}

function toBody(payment: StoredPayment): z.output<typeof paymentBody> {
  const { id, orderUuid, amount, currency, provider, state, failureReason, createdAt, updatedAt } = payment;
  return {
    id,
    order_uuid: orderUuid,
    amount,
    currency,
    provider,
    status: state.status,
    failure_reason: failureReason,
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}
