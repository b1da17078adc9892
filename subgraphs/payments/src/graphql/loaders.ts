import type { Caller } from '@shop/shared/auth/caller';
import type { GraphqlContext } from '@shop/shared/graphql/context';
import { isUuid, numericId } from '@shop/shared/graphql/identifiers';
import DataLoader from 'dataloader';
import { maySee } from '../domain/ownership.js';
import type { PaymentStore, StoredPayment } from '../persistence/payment.store.js';

/** One request's loaders, a statement each for any number of keys. What the caller may not see is absent. */
export interface PaymentLoaders {
  readonly byOrder: DataLoader<string, StoredPayment | null>;
  readonly byId: DataLoader<string, StoredPayment | null>;
}

export type PaymentsContext = GraphqlContext<PaymentLoaders>;

export function paymentLoaders(payments: PaymentStore, caller: Caller | null): PaymentLoaders {
  const visible = (found: readonly StoredPayment[], key: (payment: StoredPayment) => string) =>
    new Map(found.filter((payment) => maySee(caller, payment)).map((payment) => [key(payment), payment]));
  return {
    byOrder: new DataLoader(async (orderUuids) => {
      const found = visible(await payments.findByOrders(orderUuids.filter(isUuid)), ({ orderUuid }) => orderUuid);
      return orderUuids.map((orderUuid) => found.get(orderUuid.toLowerCase()) ?? null);
    }),
    byId: new DataLoader(async (ids) => {
      const numbers = ids.map(numericId).filter((id) => id !== null);
      const found = visible(await payments.findByIds(numbers), ({ id }) => String(id));
      return ids.map((id) => found.get(id) ?? null);
    }),
  };
}
