import { jest } from '@jest/globals';
import { CheckoutStore } from '@shop/cart/persistence/checkout.store';
import { OrderStore } from '@shop/orders/persistence/order.store';
import { SimulatedProvider } from '@shop/payments/clients/simulated-provider';
import { PaymentStore } from '@shop/payments/persistence/payment.store';
import { ReservationStore } from '@shop/products/persistence/reservation.store';
import { ReserveStock } from '@shop/products/use-cases/reserve-stock';
import { Outbox } from '@shop/shared/delivery/outbox';
import { Transactions } from '@shop/shared/delivery/transactions';
import type { Database } from '@shop/shared/persistence/database';
import type { Explorer } from './explorer.js';
import { services } from './laboratory.js';

/** Something that is broken on purpose. */
export interface Mutant {
  restore(): void;
}

type Reservation = Awaited<ReturnType<ReservationStore['lock']>>;
type LockedPayment = Awaited<ReturnType<PaymentStore['lock']>>;
type LockedCheckout = Awaited<ReturnType<CheckoutStore['lock']>>;

/** Products decides on a request as if its reservation were in another state than it is. */
export function productsTake(mistaken: (reservation: Reservation) => Reservation): Mutant {
  let reserving = false;
  const { run } = ReserveStock.prototype;
  const { lock } = ReservationStore.prototype;
  const spyOnRun = jest.spyOn(ReserveStock.prototype, 'run').mockImplementation(async function (
    this: ReserveStock,
    ...request
  ) {
    reserving = true;
    await run.apply(this, request).finally(() => (reserving = false));
  });
  const spyOnLock = jest.spyOn(ReservationStore.prototype, 'lock').mockImplementation(async function (
    this: ReservationStore,
    ...order
  ) {
    const reservation = await lock.apply(this, order);
    return reserving ? mistaken(reservation) : reservation;
  });
  return { restore: () => [spyOnRun, spyOnLock].forEach((spy) => spy.mockRestore()) };
}

/** Payments takes a payment, by its order's messages or by the provider's answer, for another than it is. */
export function paymentsTake(
  by: 'lock' | 'lockKnown',
  mistaken: (payment: LockedPayment['state']) => LockedPayment['state'],
): Mutant {
  const lock = PaymentStore.prototype[by];
  const spy = jest.spyOn(PaymentStore.prototype, by).mockImplementation(async function (this: PaymentStore, ...order) {
    const locked = await lock.apply(this, order);
    return { ...locked, state: mistaken(locked.state) };
  });
  return { restore: () => spy.mockRestore() };
}

/** Cart takes a checkout for another than it is. */
export function cartTakes(mistaken: (checkout: LockedCheckout['checkout']) => LockedCheckout['checkout']): Mutant {
  const { lock } = CheckoutStore.prototype;
  const spy = jest.spyOn(CheckoutStore.prototype, 'lock').mockImplementation(async function (
    this: CheckoutStore,
    ...order
  ) {
    const locked = await lock.apply(this, order);
    return { ...locked, checkout: mistaken(locked.checkout) };
  });
  return { restore: () => spy.mockRestore() };
}

/** Orders takes every order for Pending. */
export function ordersForgetTheEnd(): Mutant {
  const { lock } = OrderStore.prototype;
  const spy = jest.spyOn(OrderStore.prototype, 'lock').mockImplementation(async function (this: OrderStore, ...order) {
    const found = await lock.apply(this, order);
    return found && { ...found, status: 'Pending' };
  });
  return { restore: () => spy.mockRestore() };
}

/** The provider charges as often as it is asked, whatever the key. */
export function providerForgets(): Mutant {
  const { charge } = SimulatedProvider.prototype;
  const spy = jest.spyOn(SimulatedProvider.prototype, 'charge').mockImplementation(async function (
    this: SimulatedProvider,
    wanted,
  ) {
    const known = await this.outcomeOf(wanted.key);
    return charge.call(this, known ? { ...wanted, key: `${wanted.key}:again` } : wanted);
  });
  return { restore: () => spy.mockRestore() };
}

/** What a transaction announces is written after it has committed. */
export function outboxOutside(): Mutant {
  const { writeTo } = Outbox.prototype;
  const { run } = Transactions.prototype;
  const later = jest.spyOn(Outbox.prototype, 'writeTo').mockResolvedValue([]);
  const spy = jest.spyOn(Transactions.prototype, 'run').mockImplementation(async function (this: Transactions, work) {
    let outbox: Outbox | undefined;
    const result = await run.call(this, (tx) => {
      outbox = tx.outbox;
      return work(tx);
    });
    const database = Reflect.get(this, 'database') as Database;
    if (outbox) await writeTo.call(outbox, database.fork(), new Set());
    return result;
  });
  return { restore: () => [later, spy].forEach((double) => double.mockRestore()) };
}

/** Every message is as good as new, however often it comes: without its key the inbox never says no. */
export async function inboxAccepts(explorer: Explorer): Promise<void> {
  for (const service of services) await explorer.alter(service, 'alter table inbox drop constraint inbox_pkey');
}

/** The inbox works again. */
export async function inboxMended(explorer: Explorer): Promise<void> {
  for (const service of services)
    await explorer.alter(service, 'delete from inbox; alter table inbox add primary key (message_id, consumer)');
}
