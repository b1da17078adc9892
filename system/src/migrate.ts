import { serviceNames } from '@shop/shared/backing/roster';
import type { Environment } from './environment.js';
import { once } from './once.js';

/** `npm run migrate`: brings the schema of every service's database up to date. */
await once(async (each) => {
  for (const name of serviceNames) {
    const { migrate } = (await import(`@shop/${name}/migrate`)) as { migrate(environment: Environment): Promise<void> };
    await migrate(each[name]);
    process.stdout.write(`${name}: up to date.\n`);
  }
});
