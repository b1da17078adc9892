import { Migration } from '@mikro-orm/migrations';
import { deliveryTablesV1 } from '@shop/shared/delivery/delivery-tables';

/** Emails, one row for what each is about, and the sink's own mails, which no key ties to them. */
export class CreateEmails extends Migration {
  override up(): void {
    for (const statement of deliveryTablesV1) this.addSql(statement);
    this.addSql(`
      create table emails (
        id bigint generated always as identity primary key,
        name text not null unique,
        kind text not null check (kind in ('confirmation', 'cancellation', 'refund')),
        order_uuid uuid not null,
        user_id bigint not null,
        recipient text not null,
        subject text not null,
        status text not null default 'QUEUED' check (status in ('QUEUED', 'SENDING', 'SENT', 'FAILED')),
        attempt integer not null default 0,
        claimed_until timestamptz,
        failure_reason text,
        created_at timestamptz not null,
        sent_at timestamptz,
        check ((status = 'SENDING') = (claimed_until is not null)),
        check ((status = 'FAILED') = (failure_reason is not null)),
        check ((status = 'SENT') = (sent_at is not null))
      )`);
    this.addSql('create index emails_of_order on emails (order_uuid, id)');
    this.addSql(`create index emails_not_sent on emails (status) where status <> 'SENT'`);
    this.addSql(`
      create table sink_mails (
        id bigint generated always as identity primary key,
        message_id text not null unique,
        recipient text not null,
        subject text not null,
        text text not null,
        html text not null,
        source text not null,
        received_at timestamptz not null default now()
      )`);
  }
}
