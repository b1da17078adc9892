import { deliveryTablesV1 } from '@shop/shared/delivery/delivery-tables';
import { Migration } from '@mikro-orm/migrations';

export class Catalogue extends Migration {
  override async up(): Promise<void> {
    for (const statement of deliveryTablesV1) this.addSql(statement);
    this.addSql(`create table products (
      id bigint generated always as identity primary key,
      name text not null,
      name_key text not null,
      description text,
      description_key text not null,
      price bigint not null check (price between 1 and 9007199254740991),
      stock integer not null check (stock >= 0),
      version integer not null default 1,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      deleted_at timestamptz
    )`);
    // One for each sort; a deleted product is in no list.
    this.addSql('create index products_newest on products (id) where deleted_at is null');
    this.addSql('create index products_by_name on products (name_key, id) where deleted_at is null');
    this.addSql('create index products_by_price on products (price, id) where deleted_at is null');
    // Searches work without it, slower: a server may not have the extension, or may not let us use it.
    this.addSql(`do $$ begin
      create extension if not exists pg_trgm;
      create index products_search on products using gin (name_key gin_trgm_ops, description_key gin_trgm_ops);
    exception when insufficient_privilege or undefined_file or feature_not_supported or undefined_object then
      raise notice 'pg_trgm is not available: searches read all products';
    end $$`);
    this.addSql(`create table reservations (
      order_uuid uuid primary key,
      state text not null check (state in ('open', 'reserved', 'failed', 'cancelled')),
      items jsonb not null default '[]',
      shortages jsonb not null default '[]',
      created_at timestamptz not null,
      updated_at timestamptz not null
    )`);
  }
}
