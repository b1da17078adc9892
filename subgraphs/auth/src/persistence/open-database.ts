import { Database } from '@shop/shared/persistence/database';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { Accounts } from './migrations/0001-accounts.js';
import { EndedSessions } from './migrations/0002-ended-sessions.js';
import { KnownAddresses } from './migrations/0003-known-addresses.js';
import { RefreshTokenRecord, SessionRecord } from './session.record.js';
import { UserRecord } from './user.record.js';

/** Auth's own database, not started yet. */
export function openDatabase(
  config: { readonly DATABASE_URL: string; readonly DATABASE_POOL: number },
  telemetry?: Telemetry,
): Database {
  return new Database({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL,
    telemetry,
    entities: [UserRecord, SessionRecord, RefreshTokenRecord],
    migrations: [
      { name: '0001-accounts', class: Accounts },
      { name: '0002-ended-sessions', class: EndedSessions },
      { name: '0003-known-addresses', class: KnownAddresses },
    ],
  });
}
