import { Migration } from '@mikro-orm/migrations';

/** Everybody asks every second or so which sessions ended lately. */
export class EndedSessions extends Migration {
  override async up(): Promise<void> {
    this.addSql('create index sessions_ended on sessions (ended_at) where ended_at is not null');
  }
}
