// The shop beside Vendure, each one process, with the same catalogue on the same servers: lists, details, and checkouts to the end.
//   npm run bench -- shop [--rounds 5] [--seconds 3] [--clients 8]
import { join } from 'node:path';
import { ratios, shown, spread } from '../figures.mjs';
import { installedPeer } from '../peers.mjs';
import { plot } from '../plot.mjs';
import { asked, end, freePort, start, untilReady, whileStill } from '../processes.mjs';
import { madeDatabase, withServers } from '../servers.mjs';
import { settingsOf } from '../settings.mjs';
import { catalogue, root, together, warmedUp, withShop } from '../shop.mjs';

const PLOTTED = [1, 2, 4, 8, 16];
const LIST_OF_OURS =
  '{ products(first: 20) { pageInfo { hasNextPage } edges { node { id name description price stock } } } }';
const READS = {
  list: {
    ours: LIST_OF_OURS,
    'Vendure, by products':
      '{ products(options: { take: 20 }) { totalItems items { id name slug description variants { id priceWithTax stockLevel } } } }',
    'Vendure, by search': `{ search(input: { take: 20, groupByProduct: true }) { totalItems items {
      productId productName slug priceWithTax { ... on PriceRange { min max } ... on SinglePrice { value } } } } }`,
  },
  detail: {
    ours: (id) => `{ product(id: "${id}") { id name description price stock } }`,
    'Vendure, by products':
      '{ product(slug: "product-7") { id name slug description variants { id sku priceWithTax stockLevel } } }',
  },
};

export async function measure(args) {
  const settled = settingsOf(args, { rounds: 5, seconds: 3, clients: 8 });
  const peer = await installedPeer('vendure');
  return withServers((servers) =>
    withVendure(peer, servers, (vendure) =>
      withShop(servers, together, async ({ launcher, gateway, shopkeeper }) => {
        const shops = {
          ours: { origin: gateway, path: '/graphql', products: await catalogue(shopkeeper) },
          vendure: {
            origin: vendure.origin,
            path: '/shop-api',
            products: Array.from({ length: 60 }, (_, n) => String(n + 1)),
          },
        };
        const others = { ours: vendure.server, vendure: launcher };
        return report(await takeTurns(shops, others, settled), settled);
      }),
    ),
  );
}

async function withVendure(peer, servers, use) {
  const DATABASE_URL = await madeDatabase(servers.databaseUrl, 'bench_vendure');
  const env = { DATABASE_URL, PORT: String(await freePort()), VENDURE_DISABLE_TELEMETRY: 'true' };
  const populating = start(join(peer, 'populate.mjs'), { cwd: peer, env: { ...env, SYNC: '1' } });
  const code = await new Promise((resolve) => populating.once('exit', resolve));
  if (code !== 0) throw new Error('Vendure has no catalogue');
  const server = start(join(peer, 'server.mjs'), { cwd: peer, env });
  const origin = `http://127.0.0.1:${env.PORT}`;
  try {
    // Its jobs have put all into the index.
    await untilReady(server, 'Vendure', async () => {
      const query = '{ search(input: { groupByProduct: true }) { totalItems } }';
      const response = await fetch(`${origin}/shop-api`, {
        ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
        body: JSON.stringify({ query }),
      });
      return (await response.json()).data.search.totalItems === 60;
    });
    return await use({ server, origin });
  } finally {
    await end(server);
  }
}

/** Whose a way to read is. */
const shopOf = (way) => (way === 'ours' ? 'ours' : 'vendure');

/** `others`: by shop, the process that stands still meanwhile. */
async function takeTurns(shops, others, { rounds, seconds, clients }) {
  const loader = start(join(import.meta.dirname, '../load.mjs'), { cwd: root, ipc: true });
  const buyers = start(join(import.meta.dirname, 'buyers.mjs'), { cwd: root, ipc: true });
  const samples = [];
  const sample = async (about, shop, duration, use) =>
    samples.push({ ...about, ...(await whileStill(others[shop], duration, () => use(duration))) });
  try {
    for (const [read, ways] of Object.entries(READS)) {
      const load = async (way, duration) => {
        const { origin, path, products } = shops[shopOf(way)];
        const query = typeof ways[way] === 'function' ? ways[way](products[7]) : ways[way];
        const headers = { 'content-type': 'application/json' };
        const found = await asked(loader, {
          ...{ origin, path, query, headers, connections: clients, seconds: duration },
        });
        return { rate: found.requests / found.seconds, p50: found.p50, p99: found.p99 };
      };
      for (const way of Object.keys(ways)) await warmedUp((duration) => load(way, duration));
      for (let round = 0; round < rounds; round += 1)
        for (const way of round % 2 ? Object.keys(ways).toReversed() : Object.keys(ways))
          await sample({ what: read, way, round, clients }, shopOf(way), seconds, (duration) => load(way, duration));
    }
    const buy = (shop, many, duration) => asked(buyers, { shop, ...shops[shop], clients: many, seconds: duration });
    const names = Object.keys(shops);
    for (const shop of names) await warmedUp((duration) => buy(shop, clients, duration));
    for (let round = 0; round < rounds; round += 1)
      for (const shop of round % 2 ? names.toReversed() : names)
        await sample({ what: 'checkout', way: shop, round, clients }, shop, seconds * 2, (duration) =>
          buy(shop, clients, duration),
        );
    for (const many of PLOTTED)
      for (const shop of names)
        await sample({ what: 'checkouts', way: shop, round: 0, clients: many }, shop, seconds, (duration) =>
          buy(shop, many, duration),
        );
  } finally {
    await Promise.all([loader, buyers].map(end));
  }
  return samples;
}

function report(samples, settled) {
  const of = (what, way, figure = 'rate') =>
    samples.filter((sample) => sample.what === what && sample.way === way).map((sample) => sample[figure]);
  const waysOf = (what) => [...new Set(samples.filter((sample) => sample.what === what).map(({ way }) => way))];
  const fastest = (what) =>
    waysOf(what)
      .filter((way) => way !== 'ours')
      .reduce((one, other) => (spread(of(what, one)).median >= spread(of(what, other)).median ? one : other));
  const beside = (what) => ratios(of(what, 'ours'), of(what, fastest(what)));
  const plotted = ['ours', 'vendure'].map((way) => ({
    name: way,
    points: samples
      .filter((sample) => sample.what === 'checkouts' && sample.way === way)
      .map(({ clients, rate }) => [clients, rate]),
  }));
  return {
    settled,
    figures: [
      { what: `list of 20 ÷ ${fastest('list')}`, spread: beside('list'), digits: 1, atLeast: 4, aim: 10 },
      { what: `detail ÷ ${fastest('detail')}`, spread: beside('detail'), digits: 1, atLeast: 10, aim: 25 },
      { what: 'checkouts, placed to PAID ÷ Vendure', spread: beside('checkout'), digits: 1, atLeast: 10, aim: 25 },
    ],
    tables: [
      [
        ['', '', 'a second', 'p50, ms', 'p99, ms'],
        ...['list', 'detail', 'checkout'].flatMap((what) =>
          waysOf(what).map((way) => [
            ...[what, way, shown(spread(of(what, way)), 1)],
            ...[shown(spread(of(what, way, 'p50')), 1), shown(spread(of(what, way, 'p99')), 1)],
          ]),
        ),
      ],
    ],
    plots: {
      'checkouts.svg': plot({
        ...{ title: 'Checkouts to PAID', across: 'clients', up: 'a second', series: plotted },
      }),
    },
    samples,
  };
}
