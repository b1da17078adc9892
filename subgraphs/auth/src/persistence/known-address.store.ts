import type { Database } from '@shop/shared/persistence/database';
import { rowsOf, writtenBy } from '@shop/shared/persistence/statements';

/** As many are forgotten with each that is added, so that there are never many that have expired. */
const FORGOTTEN_AT_ONCE = 100;

/** Where users have signed in, by marks that tell neither who nor where; each for some time. */
export class KnownAddressStore {
  constructor(private readonly database: Database) {}

  async has(mark: string, now: Date): Promise<boolean> {
    const statement = 'select 1 from known_addresses where mark = ? and expires_at > ?';
    return (await rowsOf(this.database, statement, [mark, now])).length > 0;
  }

  /** Adds one, or keeps it for longer, and forgets others that have expired. */
  async add(mark: string, expiresAt: Date, now: Date): Promise<void> {
    await writtenBy(
      this.database,
      `insert into known_addresses (mark, expires_at) values (?, ?)
       on conflict (mark) do update set expires_at = excluded.expires_at`,
      [mark, expiresAt],
    );
    await writtenBy(
      this.database,
      `delete from known_addresses where mark in
       (select mark from known_addresses where expires_at <= ? limit ? for update skip locked)`,
      [now, FORGOTTEN_AT_ONCE],
    );
  }
}
