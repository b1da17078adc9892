import { buildSubgraph, type ReferenceResolver } from '@shop/shared/graphql/build-subgraph';
import type { PaymentsContext } from './loaders.js';
import { OrderResolver } from './order.resolver.js';
import { OrderType } from './order.type.js';
import { PaymentResolver } from './payment.resolver.js';
import { toPaymentType } from './payment.type.js';
import { permissions } from './permissions.js';

const references: Readonly<Record<string, ReferenceResolver>> = {
  Payment: async ({ id }, { loaders }: PaymentsContext) => {
    const payment = await loaders.byId.load(String(id));
    return payment && toPaymentType(payment);
  },
  Order: ({ uuid }) => ({ uuid }),
};

/** The payments subgraph: its schema as text, and as what executes. It needs no database until it is asked something. */
export const paymentsSchema = () =>
  buildSubgraph({
    resolvers: [new PaymentResolver(), new OrderResolver()],
    entities: [OrderType],
    references,
    permissions,
  });
