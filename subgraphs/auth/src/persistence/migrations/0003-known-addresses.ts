import { Migration } from '@mikro-orm/migrations';

/** Where users have signed in of late. */
export class KnownAddresses extends Migration {
  override async up(): Promise<void> {
    this.addSql('create table known_addresses (mark text primary key, expires_at timestamptz not null)');
    this.addSql('create index known_addresses_expired on known_addresses (expires_at)');
  }
}
