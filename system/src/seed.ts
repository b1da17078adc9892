import type { Environment } from './environment.js';
import { once } from './once.js';

/** `npm run seed`: the admin and the first products, where they are missing. */
await once(async (each) => {
  for (const name of ['auth', 'products'] as const) {
    const { seed } = (await import(`@shop/${name}/seed`)) as { seed(environment: Environment): Promise<void> };
    await seed(each[name]);
    process.stdout.write(`${name}: seeded.\n`);
  }
});
