import { Migration } from '@mikro-orm/migrations';
import { deliveryTablesV1 } from '@shop/shared/delivery/delivery-tables';

const tables = [
  // A checkout's intent. Its key is free again once it has ended without an order.
  `create table intents (
     uuid uuid primary key,
     user_id bigint not null,
     email text not null,
     idempotency_key text check (length(idempotency_key) between 1 and 200),
     shipping_address text check (length(shipping_address) <= 500),
     state text not null default 'open' check (state in ('open', 'placed', 'ended')),
     created_at timestamptz not null
   )`,
  `create unique index intents_key on intents (user_id, idempotency_key) where state <> 'ended'`,
  `create index intents_open on intents (created_at) where state = 'open'`,

  `create table orders (
     id bigint generated always as identity primary key,
     uuid uuid not null unique,
     user_id bigint not null,
     email text not null,
     status text not null check (status in ('Pending', 'Paid', 'Cancelled', 'Shipped', 'Delivered')),
     reason text check (reason in ('OUT_OF_STOCK', 'PAYMENT_DECLINED', 'CANCELLED_BY_CUSTOMER', 'TIMED_OUT')),
     total bigint not null check (total between 0 and 9007199254740991),
     currency text not null,
     shipping_address text,
     version int not null check (version >= 1),
     heard text[] not null default '{}',
     timeline_length int not null,
     confirmed_at timestamptz,
     created_at timestamptz not null,
     updated_at timestamptz not null,
     check ((status = 'Cancelled') = (reason is not null))
   )`,
  `create index orders_of_user on orders (user_id, id)`,
  `create index orders_of_user_by_status on orders (user_id, status, id)`,
  `create index orders_by_status on orders (status, id)`,
  `create index orders_waiting on orders (confirmed_at) where status = 'Pending'`,

  `create table order_items (
     id bigint generated always as identity primary key,
     order_id bigint not null references orders,
     product_id bigint not null,
     name text not null,
     quantity int not null check (quantity >= 1),
     price bigint not null check (price >= 0)
   )`,
  `create index order_items_of_order on order_items (order_id, id)`,

  // Each version of an order as it was when it began. recorded_at is the database's clock alone.
  `create table order_history (
     order_id bigint not null references orders,
     version int not null,
     user_id bigint not null,
     status text not null,
     reason text,
     timeline_length int not null,
     updated_at timestamptz not null,
     recorded_at timestamptz not null default clock_timestamp(),
     primary key (order_id, version)
   )`,
  `create index order_history_recent on order_history (user_id, recorded_at)`,

  // The timeline. A type comes once an order: what arrives again says nothing new.
  `create table order_events (
     order_id bigint not null references orders,
     position int not null,
     type text not null,
     at timestamptz not null,
     detail jsonb,
     primary key (order_id, position),
     unique (order_id, type)
   )`,
];

/** Intents, orders with their items, history and timeline, and the tables of delivery. */
export class CreateOrders extends Migration {
  override up(): void {
    for (const statement of [...deliveryTablesV1, ...tables]) this.addSql(statement);
  }
}
