import { randomUUID } from 'node:crypto';
import { openDatabase as openCart } from '@shop/cart/persistence/open-database';
import { openDatabase as openMailer } from '@shop/mailer/persistence/open-database';
import { openDatabase as openOrders } from '@shop/orders/persistence/open-database';
import { openDatabase as openPayments } from '@shop/payments/persistence/open-database';
import { openDatabase as openProducts } from '@shop/products/persistence/open-database';

/** How each service opens its database, which makes its tables. */
export const open = {
  cart: openCart,
  mailer: openMailer,
  orders: openOrders,
  payments: openPayments,
  products: openProducts,
};
export type Service = keyof typeof open;
export const services = Object.keys(open) as Service[];

export const PAID = randomUUID();
export const CANCELLED = randomUUID();
export const OTHER = randomUUID();
export const USER = 7;
export const STOCK = 10;

const ITEM = `[{"productId": 1, "name": "Tea", "quantity": 2, "price": 500}]`;
const anOrder = (id: number, uuid: string, status: string, reason: string, version: number) =>
  `insert into orders (id, uuid, user_id, email, status, reason, total, currency, version, timeline_length, created_at, updated_at)
     overriding system value
     values (${id}, '${uuid}', ${USER}, 'a@example.com', '${status}', ${reason}, 1000, 'VND', ${version}, 1, now(), now());
   insert into order_items (order_id, product_id, name, quantity, price) values (${id}, 1, 'Tea', 2, 500);
   insert into order_history (order_id, version, user_id, status, timeline_length, updated_at)
     select ${id}, n, ${USER}, case n when ${version} then '${status}' else 'Pending' end, 1, now() from generate_series(1, ${version}) as n;
   insert into intents values ('${uuid}', ${USER}, 'a@example.com', 'key-${id}', null, 'placed', now());`;
const aMail = (kind: string, uuid: string) =>
  `insert into emails (name, kind, order_uuid, user_id, recipient, subject, status, created_at, sent_at)
     values ('${kind}.${uuid}', '${kind}', '${uuid}', ${USER}, 'a@example.com', '${kind} ${uuid}', 'SENT', now(), now());`;
const aPayment = (uuid: string, status: string, cancelled: boolean) =>
  `insert into payments (order_uuid, status, cancelled, user_id, email, amount, currency, provider)
     values ('${uuid}', '${status}', ${cancelled}, ${USER}, 'a@example.com', 1000, 'VND', 'simulated');
   insert into provider_ledger values ('${uuid}', 'charge', 1000, 'VND', 'charged');`;
const aReservation = (uuid: string, state: string) =>
  `insert into reservations values ('${uuid}', '${state}', '${ITEM}', '[]', now(), now());`;
export const aStep = (version: number, stock: number, cause: string) =>
  `insert into outbox (id, destination, exchange, type, correlation_id, headers, body, published_at)
     values (gen_random_uuid(), 'bus', 'product_exchange', 'product.updated', '${cause}', '{}',
             '{"id": 1, "version": ${version}, "stock": ${stock}}', now());`;
const aCheckout = (uuid: string) => `insert into checkouts values ('${uuid}', ${USER}, 'closed', '${ITEM}');`;

/** A paid order, one that was cancelled after it had been charged, and something left in the cart: all as it should be. */
export const goodWorld: Readonly<Record<Service, string>> = {
  orders: anOrder(1, PAID, 'Paid', 'null', 2) + anOrder(2, CANCELLED, 'Cancelled', `'TIMED_OUT'`, 2),
  products:
    `insert into products (id, name, name_key, description_key, price, stock, created_at, updated_at) overriding system value
       values (1, 'Tea', 'tea', '', 500, ${STOCK - 2}, now(), now());` +
    aReservation(PAID, 'reserved') +
    aReservation(CANCELLED, 'cancelled'),
  payments:
    aPayment(PAID, 'SUCCEEDED', false) +
    aPayment(CANCELLED, 'REFUNDED', true) +
    `insert into provider_ledger values ('${CANCELLED}:refund', 'refund', 1000, 'VND', 'refunded');`,
  cart:
    aCheckout(PAID) +
    aCheckout(CANCELLED) +
    `insert into product_snapshots values (1, 'Tea', 500, 8, 1, false);
     insert into carts values (${USER}); insert into cart_items (user_id, product_id, quantity) values (${USER}, 1, 3);`,
  mailer: aMail('confirmation', PAID) + aMail('cancellation', CANCELLED) + aMail('refund', CANCELLED),
};

type Damage = [invariant: string, ...(readonly [service: Service, statements: string])[]];

/** What breaks one invariant, and no other. */
export const damages: readonly Damage[] = [
  [
    'stock at the start is stock now and what orders hold',
    ['products', 'update products set stock = stock + 1'],
    ['cart', 'update product_snapshots set stock = stock + 1'],
  ],
  [
    'no stock is negative',
    [
      'products',
      `alter table products drop constraint products_stock_check;
       insert into products (id, name, name_key, description_key, price, stock, created_at, updated_at)
       overriding system value values (2, 'Cup', 'cup', '', 1, -1, now(), now())`,
    ],
    [
      'cart',
      `alter table product_snapshots drop constraint product_snapshots_stock_check;
       insert into product_snapshots values (2, 'Cup', 1, -1, 1, false)`,
    ],
  ],
  [
    'a paid order has reserved exactly its items',
    ['products', `delete from reservations where order_uuid = '${PAID}'`],
  ],
  [
    'a paid order has exactly one SUCCEEDED payment, of its total',
    ['payments', `update payments set amount = 999 where order_uuid = '${PAID}'`],
  ],
  [
    'a paid order was charged once and not refunded',
    ['payments', `insert into provider_ledger values ('${PAID}:refund', 'refund', 1000, 'VND', 'refunded')`],
  ],
  ['an order costs what its items do', ['orders', 'update order_items set price = 499 where order_id = 1']],
  [
    'a cancelled order holds no stock',
    ['products', `update reservations set state = 'reserved' where order_uuid = '${CANCELLED}'`],
  ],
  ['stock is reserved for orders alone', ['products', aReservation(OTHER, 'reserved')]],
  [
    'a cancelled order has no payment, a FAILED or a REFUNDED one',
    ['payments', `update payments set status = 'SUCCEEDED' where order_uuid = '${CANCELLED}'`],
  ],
  ['a cancelled order has cost nothing', ['payments', `delete from provider_ledger where kind = 'refund'`]],
  [
    'what a cart gave is in the order that took it',
    ['cart', `update checkouts set answer = '[]' where order_uuid = '${PAID}'`],
  ],
  ['what left a cart is in an order', ['cart', aCheckout(OTHER)]],
  ['no order stays Pending', ['orders', anOrder(3, OTHER, 'Pending', 'null', 1)], ['cart', aCheckout(OTHER)]],
  [
    'an order takes stock once, and gives it back once',
    [
      'products',
      aStep(1, 10, '1') + aStep(2, 8, PAID) + aStep(3, 6, CANCELLED) + aStep(4, 8, CANCELLED) + aStep(5, 6, PAID),
    ],
  ],
  ['a cart knows each product as it is', ['cart', 'update product_snapshots set price = 499']],
  [
    'the timeline of an order has what was announced for it',
    [
      'payments',
      `insert into outbox (id, destination, exchange, type, correlation_id, headers, body, published_at)
       values ('${OTHER}', 'bus', 'order_exchange', 'order.paid', '${PAID}', '{}', '{}', now())`,
    ],
  ],
  ['no intent stays open', ['orders', `insert into intents values ('${OTHER}', 1, '', null, null, 'open', now())`]],
  [
    'no outbox row is unpublished',
    [
      'cart',
      `insert into outbox (id, destination, exchange, type, correlation_id, headers, body)
       values ('${OTHER}', 'bus', 'order_exchange', 'stock.reserved', '', '{}', '{}')`,
    ],
  ],
  ['versions of an order have no gap', ['orders', 'delete from order_history where order_id = 1 and version = 1']],
  ['every order that a customer was told of is there', ['orders', 'update orders set user_id = 8 where id = 1']],
  [
    'what a customer was told of an order is in its history',
    ['orders', `update order_history set status = 'Pending' where order_id = 1`],
  ],
  [
    'an order is paid or cancelled as it was meant',
    ['orders', `update orders set reason = 'CANCELLED_BY_CUSTOMER' where id = 2`],
  ],
  [
    'nothing follows a cancellation',
    ['orders', `update order_history set status = 'Cancelled' where order_id = 1 and version = 1`],
  ],
  ['one key, one order', ['orders', `drop index intents_key; update intents set idempotency_key = 'key-1'`]],
  ['what was put into a cart is in that cart, or in one order', ['cart', 'delete from cart_items']],
  ['a payment, and a charge, is of an order', ['payments', aPayment(OTHER, 'SUCCEEDED', false)]],
  [
    'only what was charged is given back',
    ['payments', `insert into provider_ledger values ('${CANCELLED}:more:refund', 'refund', 1000, 'VND', 'refunded')`],
  ],
  ['a paid order was confirmed by exactly one mail', ['mailer', `delete from emails where kind = 'confirmation'`]],
  ['a cancelled order was reported by exactly one mail', ['mailer', `delete from emails where kind = 'cancellation'`]],
  ['a refund was reported by exactly one mail', ['mailer', `delete from emails where kind = 'refund'`]],
  ['mail says what happened', ['mailer', aMail('refund', OTHER)]],
  [
    'no mail is unsent',
    ['orders', anOrder(3, OTHER, 'Cancelled', `'TIMED_OUT'`, 2)],
    ['cart', aCheckout(OTHER)],
    [
      'mailer',
      aMail('cancellation', OTHER) +
        aMail('refund', OTHER) +
        `update emails set status = 'QUEUED', sent_at = null where name = 'refund.${OTHER}'`,
    ],
  ],
];
