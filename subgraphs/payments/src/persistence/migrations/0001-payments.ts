import { Migration } from '@mikro-orm/migrations';
import { deliveryTablesV1 } from '@shop/shared/delivery/delivery-tables';

/** Payments, one row an order, and the simulated provider's own ledger, which no key ties to them. */
export class CreatePayments extends Migration {
  override up(): void {
    for (const statement of deliveryTablesV1) this.addSql(statement);
    this.addSql(`
      create table payments (
        id bigint generated always as identity primary key,
        order_uuid uuid not null unique,
        status text not null check (status in ('NEW', 'TOMBSTONE', 'PENDING', 'SUCCEEDED', 'FAILED', 'REFUNDED')),
        cancelled boolean not null default false,
        user_id bigint,
        email text,
        amount bigint check (amount between 0 and 9007199254740991),
        currency text,
        provider text,
        failure_reason text,
        next_attempt_at timestamptz,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        check (status in ('NEW', 'TOMBSTONE') or num_nulls(user_id, email, amount, currency, provider) = 0),
        check ((status = 'FAILED') = (failure_reason is not null))
      )`);
    this.addSql('create index payments_unsettled on payments (next_attempt_at) where next_attempt_at is not null');
    this.addSql(`
      create table provider_ledger (
        key text primary key,
        kind text not null check (kind in ('charge', 'refund')),
        amount bigint not null,
        currency text not null,
        outcome text not null check (outcome in ('charged', 'declined', 'refunded')),
        reason text,
        created_at timestamptz not null default now()
      )`);
  }
}
