import { z } from 'zod';
import { serviceNames } from '@shop/shared/backing/roster';
import { readConfig, serviceVariables } from '@shop/shared/config/read-config';
import type { Database } from '@shop/shared/persistence/database';
import { once } from './once.js';

const { DATABASE_URL, DATABASE_POOL } = serviceVariables;
const settings = z.object({ DATABASE_URL, DATABASE_POOL });

interface Persistence {
  openDatabase(config: z.output<typeof settings>): Database;
}

/** `npm run migrate`: brings the schema of every service's database up to date, as a start would. */
await once(async (each) => {
  for (const name of serviceNames) {
    const { openDatabase } = (await import(`@shop/${name}/persistence/open-database`)) as Persistence;
    const database = openDatabase(readConfig(each[name], settings));
    await database.start();
    await database.stop();
    process.stdout.write(`${name}: up to date.\n`);
  }
});
