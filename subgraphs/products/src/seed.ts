import type { Environment } from '@shop/shared/config/read-config';
import { Transactions } from '@shop/shared/delivery/transactions';
import { silentLogger } from '@shop/shared/logging/logger';
import { readSeedConfig } from './config.js';
import { openDatabase } from './persistence/open-database.js';
import { ProductStore } from './persistence/product.store.js';
import { seedProducts } from './seed-products.js';
import { SeedCatalogue } from './use-cases/seed-catalogue.js';

/** Seeds a catalogue that has never had a product, in a database that may be empty. The service announces them when it runs. */
export async function seed(environment: Environment): Promise<void> {
  const database = openDatabase(readSeedConfig(environment));
  await database.start();
  try {
    await new SeedCatalogue(new Transactions(database, { logger: silentLogger }), new ProductStore(database)).run(
      seedProducts,
      new Date(),
    );
  } finally {
    await database.stop();
  }
}
