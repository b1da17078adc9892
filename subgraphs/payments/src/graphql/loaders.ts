import type { Caller } from '@shop/shared/auth/caller';
import type { GraphqlContext } from '@shop/shared/graphql/context';
import DataLoader from 'dataloader';
import { maySee } from '../domain/ownership.js';
import type { PaymentStore, StoredPayment } from '../persistence/payment.store.js';

/** One request's loaders, by uuid in lower case and by id, a statement each for any number of keys. What the caller may not see is absent. */
export interface PaymentLoaders {
  readonly byOrder: DataLoader<string, StoredPayment | null>;
  readonly byId: DataLoader<number, StoredPayment | null>;
}

export type PaymentsContext = GraphqlContext<PaymentLoaders>;

export function paymentLoaders(payments: PaymentStore, caller: Caller | null): PaymentLoaders {
  const visible = <Key>(found: readonly StoredPayment[], key: (payment: StoredPayment) => Key) =>
    new Map(found.filter((payment) => maySee(caller, payment)).map((payment) => [key(payment), payment]));
  return {
    byOrder: new DataLoader(async (orderUuids) => {
      const found = visible(await payments.findByOrders(orderUuids), ({ orderUuid }) => orderUuid);
      return orderUuids.map((orderUuid) => found.get(orderUuid) ?? null);
    }),
    byId: new DataLoader(async (ids) => {
      const found = visible(await payments.findByIds(ids), ({ id }) => id);
      return ids.map((id) => found.get(id) ?? null);
    }),
  };
}
