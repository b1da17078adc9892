import { Migration } from '@mikro-orm/migrations';
import { deliveryTablesV1 } from '@shop/shared/delivery/delivery-tables';

/** Carts and their items, the cart's own copy of products, and the checkouts, which are kept for good. */
export class CreateCarts extends Migration {
  override up(): void {
    for (const statement of deliveryTablesV1) this.addSql(statement);
    this.addSql(`
      create table product_snapshots (
        id bigint primary key,
        name text not null,
        price bigint not null check (price between 0 and 9007199254740991),
        stock integer not null check (stock >= 0),
        version bigint not null,
        deleted boolean not null
      )`);
    this.addSql(`
      create table carts (
        user_id bigint primary key,
        created_at timestamptz not null default now()
      )`);
    this.addSql(`
      create table cart_items (
        id bigint generated always as identity primary key,
        user_id bigint not null references carts,
        product_id bigint not null references product_snapshots,
        quantity integer not null check (quantity between 1 and 10000),
        unique (user_id, product_id)
      )`);
    this.addSql('create index cart_items_by_product on cart_items (product_id)');
    this.addSql(`
      create table checkouts (
        order_uuid uuid primary key,
        user_id bigint not null,
        state text not null check (state in ('new', 'taken', 'closed', 'abandoned')),
        answer jsonb,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        check (state <> 'taken' or answer is not null)
      )`);
  }
}
