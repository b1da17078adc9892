// What each process holds of the machine's memory after it was under load: one process a service.
//   npm run bench -- memory [--seconds 20] [--clients 8]
import { join } from 'node:path';
import { spread } from '../figures.mjs';
import { asked, end, start } from '../processes.mjs';
import { withServers } from '../servers.mjs';
import { settingsOf } from '../settings.mjs';
import { catalogue, memoryOf, root, withShop } from '../shop.mjs';

const LIST = '{ products(first: 20) { edges { node { id name description price stock } } } }';

export async function measure(args) {
  const settled = settingsOf(args, { seconds: 20, clients: 8 });
  const memory = await withServers((servers) =>
    withShop(servers, {}, async ({ gateway, shopkeeper, pids }) => {
      const before = Object.fromEntries(memoryOf(pids));
      await load(gateway, await catalogue(shopkeeper), settled);
      return memoryOf(pids).map(([name, after]) => ({ name, before: before[name], after }));
    }),
  );
  const [largest] = memory;
  return {
    settled,
    figures: [
      {
        what: `resident after load: the largest, ${largest.name}`,
        spread: spread([largest.after]),
        ...{ digits: 0, unit: ' MB', atMost: 150, aim: 110 },
      },
    ],
    tables: [
      [
        ['process', 'before, MB', 'after load, MB'],
        ...memory.map(({ name, before, after }) => [name, before.toFixed(0), after.toFixed(0)]),
      ],
    ],
    samples: memory,
  };
}

/** Purchases, then lists, by as many clients. */
async function load(gateway, products, { seconds, clients }) {
  const buyers = start(join(root, 'bench/shop/buyers.mjs'), { cwd: root, ipc: true });
  const readers = start(join(root, 'bench/load.mjs'), { cwd: root, ipc: true });
  const headers = { 'content-type': 'application/json' };
  try {
    await asked(buyers, { shop: 'ours', origin: gateway, path: '/graphql', products, clients, seconds });
    await asked(readers, { origin: gateway, query: LIST, headers, connections: clients, seconds: seconds / 2 });
  } finally {
    await Promise.all([buyers, readers].map(end));
  }
}
