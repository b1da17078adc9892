import { buildSubgraph, type ReferenceResolver } from '@shop/shared/graphql/build-subgraph';
import { numericId } from '@shop/shared/graphql/identifiers';
import { isUuid } from '@shop/shared/text/uuid';
import type { PaymentsContext } from './loaders.js';
import { OrderResolver } from './order.resolver.js';
import { OrderType } from './order.type.js';
import { PaymentResolver } from './payment.resolver.js';
import { toPaymentType } from './payment.type.js';
import { permissions } from './permissions.js';

const references: Readonly<Record<string, ReferenceResolver>> = {
  Payment: async ({ id }, { loaders }: PaymentsContext) => {
    const paymentId = numericId(id);
    const payment = paymentId === null ? null : await loaders.byId.load(paymentId);
    return payment && toPaymentType(payment);
  },
  Order: ({ uuid }) => (isUuid(uuid) ? { uuid } : null),
};

/** The payments subgraph: its schema as text, and as what executes. It needs no database until it is asked something. */
export const paymentsSchema = () =>
  buildSubgraph({
    resolvers: [new PaymentResolver(), new OrderResolver()],
    entities: [OrderType],
    references,
    permissions,
  });
