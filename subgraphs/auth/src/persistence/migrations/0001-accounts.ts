import { Migration } from '@mikro-orm/migrations';

export class Accounts extends Migration {
  override async up(): Promise<void> {
    this.addSql(`create table users (
      id bigint generated always as identity primary key,
      email text not null,
      username text not null,
      password_hash text not null,
      role text not null check (role in ('CUSTOMER', 'ADMIN')),
      created_at timestamptz not null,
      deactivated_at timestamptz,
      constraint email_is_lower_case check (email = lower(email))
    )`);
    this.addSql('create unique index users_email on users (email)');
    this.addSql('create unique index users_username on users (lower(username))');
    this.addSql(`create table sessions (
      id uuid primary key,
      user_id bigint not null references users,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      ended_at timestamptz
    )`);
    this.addSql('create index sessions_of_user on sessions (user_id)');
    this.addSql(`create table refresh_tokens (
      hash text primary key,
      session_id uuid not null references sessions on delete cascade,
      expires_at timestamptz not null,
      used_at timestamptz
    )`);
    this.addSql('create index refresh_tokens_of_session on refresh_tokens (session_id)');
  }
}
