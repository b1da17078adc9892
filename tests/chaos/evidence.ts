import type { CopiedTable, Evidence } from '../support/invariants.js';
import type { CachedProduct } from './cached-products.js';
import type { Added } from './customer.js';
import type { CameMail } from './mailbox.js';
import type { Told } from './purchase.js';

/** What the customers know, and the databases do not. */
export interface Testimony {
  readonly told: readonly Told[];
  readonly added: readonly Added[];
  /** What those who ordered had in mind. */
  readonly wishes: readonly Wish[];
  /** The products of which there is enough for everybody. */
  readonly plentiful: readonly number[];
  /** What the mail server took. */
  readonly came: readonly CameMail[];
  /** How many faults hit what stands between a mail and the note that it was sent: each may double those that are on their way. */
  readonly mailFaults: number;
  /** What Redis would give to readers. */
  readonly cached: readonly CachedProduct[];
}

/** An order, and whether who placed it meant to cancel it. */
export interface Wish {
  readonly uuid: string;
  readonly cancels: boolean;
}

/** The provider of a run declines exactly this, in minor units. */
export const DECLINED_TOTAL = 6_666;

/** The mailer has so many of each event on their way at once. */
const MAILS_AT_ONCE = 10;

const ANNOUNCED = 'type text, correlation_id text';
const IS_IN_TIMELINE = `destination = 'bus' and type in ('order.requested', 'order.confirmed', 'order.cancelled',
  'stock.reserved', 'stock.failed', 'order.paid', 'payment.failed', 'payment.refunded')`;

const tables: readonly CopiedTable[] = [
  [
    'orders',
    'orders',
    'id bigint, uuid uuid, user_id bigint, status text, reason text, total bigint',
    'true',
    'owned_orders',
  ],
  ['orders', 'order_history', 'order_id bigint, version integer, status text', 'true', 'history'],
  ['orders', 'intents', 'uuid uuid, user_id bigint, idempotency_key text', "state = 'placed'", 'placed'],
  ['cart', 'cart_items', 'user_id bigint, product_id bigint, quantity integer'],
  ['cart', 'product_snapshots', 'id bigint, price bigint, stock integer, version bigint, deleted boolean'],
  ['products', 'products', 'id bigint, price bigint, stock integer, version bigint, deleted_at text', 'true', 'goods'],
  ['orders', 'order_events', 'order_id bigint, type text', 'true', 'timeline'],
  ...['orders', 'products', 'payments'].map(
    (name) => [name, 'outbox', ANNOUNCED, IS_IN_TIMELINE, 'announced'] as const,
  ),
  ['mailer', 'emails', 'name text, recipient text', "status = 'SENT'", 'sent'],
  [
    'products',
    'outbox',
    'correlation_id text, body jsonb',
    "destination = 'bus' and type like 'product.%'",
    'product_steps',
  ],
];

/** A mail is known by its name, which its Message-ID begins with. */
const IS_SENT = `starts_with(message_id, '<' || name || '@') and came.recipient = sent.recipient`;

/** Every version of a product: the stock that it brought, the one before it, and the how many-th its order made of it. */
const STEPS = `select *, lag(version, 1, 0::bigint) over by_version as previous, stock - lag(stock) over by_version as change,
    row_number() over (partition by id, correlation_id order by version) as nth
  from (select (body ->> 'id')::bigint as id, (body ->> 'version')::bigint as version, (body ->> 'stock')::bigint as stock,
          correlation_id from product_steps) as steps
  window by_version as (partition by id order by version)`;

/** Each query answers what breaks the rule of its name. */
const rules: Readonly<Record<string, string>> = {
  'every order that a customer was told of is there': `
    select told.* from told left join owned_orders as orders using (uuid)
    where orders.user_id is distinct from told.user_id`,
  'what a customer was told of an order is in its history': `
    select told.*, history.status as recorded from told join owned_orders as orders using (uuid)
    left join history on order_id = orders.id and history.version = told.version
    where history.status is distinct from told.status`,
  'an order is paid or cancelled as it was meant': `
    select orders.*, cancels from owned_orders as orders join wishes using (uuid)
    where (reason = 'CANCELLED_BY_CUSTOMER' and not cancels)
      or (reason = 'OUT_OF_STOCK' and not exists (
        select from order_items where order_id = orders.id and product_id not in (select id from plentiful)))
      or (reason = 'PAYMENT_DECLINED' and total <> ${DECLINED_TOTAL})
      or (total = ${DECLINED_TOTAL} and status not in ('Pending', 'Cancelled'))`,
  'nothing follows a cancellation': `
    select later.* from history as cancelled join history as later using (order_id)
    where cancelled.status = 'Cancelled' and later.version > cancelled.version`,
  'one key, one order': `
    select user_id, key, array_agg(uuid) as orders from
      (select user_id, key, uuid from told
       union select user_id, idempotency_key, uuid from placed where idempotency_key is not null) as placements
    group by user_id, key having count(*) > 1`,
  'what was put into a cart is in that cart, or in one order': `
    select added.*, coalesce(ordered, 0) as ordered, coalesce(in_cart, 0) as in_cart from added
    left join (select user_id, product_id as product, sum(quantity) as ordered
               from owned_orders as orders join order_items on order_id = orders.id group by 1, 2) as bought
      on bought.user_id = added."userId" and bought.product = added.product
    left join (select user_id, product_id as product, sum(quantity) as in_cart from cart_items group by 1, 2) as kept
      on kept.user_id = added."userId" and kept.product = added.product
    where coalesce(ordered, 0) + coalesce(in_cart, 0) not between least and most`,
  'a payment, and a charge, is of an order': `
    select order_uuid::text as key, status from payments where order_uuid not in (select uuid from owned_orders)
    union all
    select key, outcome from provider_ledger where split_part(key, ':', 1)::uuid not in (select uuid from owned_orders)`,
  'only what was charged is given back': `
    select refund.* from provider_ledger as refund
    left join provider_ledger as charge on refund.key = charge.key || ':refund' and charge.outcome = 'charged'
    where refund.outcome = 'refunded' and refund.amount is distinct from charge.amount`,
  'an order takes stock once, and gives it back once': `
    select steps.*, quantity from (${STEPS}) as steps
    left join (select uuid::text as correlation_id, product_id as id, quantity
               from owned_orders as orders join order_items on order_id = orders.id) as bought using (correlation_id, id)
    where version <> previous + 1
      or (correlation_id <> id::text and change is distinct from case nth when 1 then -quantity when 2 then quantity end)`,
  'a cart knows each product as it is': `
    select goods.*, snapshots.price as known_price, snapshots.stock as known_stock, snapshots.version as known_version, deleted
    from goods full join product_snapshots as snapshots using (id)
    where (goods.version, goods.price, goods.stock, deleted_at is not null)
      is distinct from (snapshots.version, snapshots.price, snapshots.stock, deleted)`,
  'the cache holds no product older than it is': `
    select goods.*, cached.version as cached from cached join goods using (id) where cached.version < goods.version`,
  'the timeline of an order has what was announced for it': `
    select announced.* from announced left join owned_orders as orders on uuid::text = correlation_id
    where not exists (select from timeline where order_id = orders.id and timeline.type = announced.type)`,
  'no mail came twice without a fault that explains it': `
    select came.* from came
    join mail_faults on copies > 1 + count
      or copies > 1 and (select sum(copies - 1) from came) > count * ${MAILS_AT_ONCE}`,
  'every mail that was sent has come': `
    select sent.* from sent where not exists (select from came where ${IS_SENT})`,
  'every mail that came was sent': `
    select came.* from came where not exists (select from sent where ${IS_SENT})`,
};

/** The customers' side of the story, to be compared with what the services say. */
export function evidenceOf({ told, added, wishes, plentiful, came, mailFaults, cached }: Testimony): Evidence {
  const orders = told.map(({ userId, ...rest }) => ({ user_id: userId, ...rest }));
  return {
    tables,
    rules,
    facts: {
      told: { columns: 'user_id bigint, key text, uuid uuid, version integer, status text', rows: orders },
      added: { columns: '"userId" bigint, product bigint, least bigint, most bigint', rows: added },
      wishes: { columns: 'uuid uuid, cancels boolean', rows: wishes },
      plentiful: { columns: 'id bigint', rows: plentiful.map((id) => ({ id })) },
      came: { columns: 'message_id text, recipient text, copies bigint', rows: came },
      cached: { columns: 'id bigint, version bigint', rows: cached },
      mail_faults: { columns: 'count bigint', rows: [{ count: mailFaults }] },
    },
  };
}
