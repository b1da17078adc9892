import type { Environment } from '@shop/shared/config/read-config';
import { Transactions } from '@shop/shared/delivery/transactions';
import { silentLogger } from '@shop/shared/logging/logger';
import type { Database } from '@shop/shared/persistence/database';
import { readSeedConfig } from './config.js';
import { openDatabase } from './persistence/open-database.js';
import { UserStore } from './persistence/user.store.js';
import { SeedAdmin } from './use-cases/seed-admin.js';

interface AdminLogin {
  readonly ADMIN_EMAIL?: string | undefined;
  readonly ADMIN_PASSWORD?: string | undefined;
}

/** Makes the administrator of ADMIN_EMAIL and ADMIN_PASSWORD if there is none, in a database that may be empty. */
export async function seed(environment: Environment): Promise<void> {
  const config = readSeedConfig(environment);
  const database = openDatabase(config);
  await database.start();
  try {
    await seedAdmin(database, config);
  } finally {
    await database.stop();
  }
}

/** The same, in a database that is open. Does nothing unless both variables are given. */
export async function seedAdmin(database: Database, { ADMIN_EMAIL, ADMIN_PASSWORD }: AdminLogin): Promise<void> {
  if (!ADMIN_EMAIL || !ADMIN_PASSWORD) return;
  await new SeedAdmin(new Transactions(database, { logger: silentLogger }), new UserStore(database)).run(
    ADMIN_EMAIL,
    ADMIN_PASSWORD,
    new Date(),
  );
}
