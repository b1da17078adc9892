// Checkouts through the whole shop, in one process, beside a saga of the same shape by hand, on the same servers, with as many in flight.
//   npm run bench -- saga [--rounds 5] [--seconds 5] [--inflight 8]
import { join } from 'node:path';
import { median, quantile, ratios, shown, spread } from '../figures.mjs';
import { installedPeer } from '../peers.mjs';
import { asked, end, start, told, whileStill } from '../processes.mjs';
import { madeDatabase, withServers } from '../servers.mjs';
import { settingsOf } from '../settings.mjs';
import { catalogue, root, together, warmedUp, withShop } from '../shop.mjs';

export async function measure(args) {
  const settled = settingsOf(args, { rounds: 5, seconds: 5, inflight: 8 });
  const peer = await installedPeer('saga');
  return withServers((servers) =>
    withShop(servers, together, async ({ launcher, gateway, shopkeeper }) => {
      const DATABASE_URL = await madeDatabase(servers.databaseUrl, 'bench_saga');
      const env = { DATABASE_URL, BROKER_URL: servers.brokerUrl };
      const byHand = start(join(peer, 'saga.mjs'), { cwd: peer, env, ipc: true });
      const buyers = start(join(root, 'bench/shop/buyers.mjs'), { cwd: root, ipc: true });
      try {
        await told(byHand);
        const shop = { shop: 'ours', origin: gateway, path: '/graphql', products: await catalogue(shopkeeper) };
        return report(await takeTurns({ launcher, byHand, buyers, shop }, settled), settled);
      } finally {
        await Promise.all([byHand, buyers].map(end));
      }
    }),
  );
}

async function takeTurns({ launcher, byHand, buyers, shop }, { rounds, seconds, inflight }) {
  const ways = {
    // Of the whole checkout, with what is put into the cart before it; latencies from placing the order on, as of the other.
    ours: async (duration) => {
      const { rate, orders, paidP50, paidP99 } = await asked(buyers, { ...shop, clients: inflight, seconds: duration });
      return { rate, orders, p50: paidP50, p99: paidP99 };
    },
    'by hand': async (duration) => {
      const { rate, orders, durations } = await asked(byHand, { inFlight: inflight, seconds: duration });
      return { rate, orders, p50: median(durations), p99: quantile(durations, 0.99) };
    },
  };
  const others = { ours: byHand, 'by hand': launcher };
  const names = Object.keys(ways);
  for (const way of names) await warmedUp(ways[way]);
  const samples = [];
  for (let round = 0; round < rounds; round += 1)
    for (const way of round % 2 ? names.toReversed() : names)
      samples.push({ way, round, ...(await whileStill(others[way], seconds, () => ways[way](seconds))) });
  return samples;
}

function report(samples, settled) {
  const of = (way, figure = 'rate') => samples.filter((sample) => sample.way === way).map((sample) => sample[figure]);
  return {
    settled,
    figures: [
      {
        what: 'checkouts, placed to PAID ÷ a saga by hand',
        spread: ratios(of('ours'), of('by hand')),
        ...{ digits: 3, atLeast: 0.3, aim: 0.6 },
      },
    ],
    tables: [
      [
        ['', 'a second', 'p50, ms', 'p99, ms'],
        ...['ours', 'by hand'].map((way) => [
          ...[way, shown(spread(of(way)), 1)],
          ...[shown(spread(of(way, 'p50')), 1), shown(spread(of(way, 'p99')), 1)],
        ]),
      ],
    ],
    samples,
  };
}
