/**
 * The outbox and the inbox of a service, first version: for its first migration. A statement each. The trigger woke the
 * relays of every process of the service at commit.
 */
export const deliveryTablesV1: readonly string[] = [
  `create table outbox (
     id uuid primary key,
     seq bigint generated always as identity,
     destination text not null,
     exchange text not null,
     type text not null,
     correlation_id text not null,
     headers jsonb not null,
     body jsonb not null,
     created_at timestamptz not null default now(),
     claimed_until timestamptz,
     published_at timestamptz
   )`,
  `create index outbox_pending on outbox (destination, seq) where published_at is null`,
  `create function wake_outbox_relays() returns trigger language plpgsql as
     $$ begin
       perform pg_notify('outbox', destination) from (select distinct destination from announced) as destinations;
       return null;
     end $$`,
  `create trigger outbox_wakes_relays after insert on outbox referencing new table as announced
     for each statement execute function wake_outbox_relays()`,
  `create table inbox (
     message_id text not null,
     consumer text not null,
     received_at timestamptz not null default now(),
     primary key (message_id, consumer)
   )`,
];

/** Their second version: what has been published or received long ago is found without reading the rest. */
export const deliveryTablesV2: readonly string[] = [
  `create index outbox_published on outbox (published_at) where published_at is not null`,
  `create index inbox_received on inbox (received_at)`,
];

/**
 * Their third version, without the trigger: who announces has the relay of its own process hand it over, and others look
 * every second. A notification made PostgreSQL commit the transactions of all services one after the other.
 */
export const deliveryTablesV3: readonly string[] = [
  'drop trigger outbox_wakes_relays on outbox',
  'drop function wake_outbox_relays()',
];
