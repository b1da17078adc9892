// How soon a subscriber sees what happens: placed to PAID, with nobody else and with eight who buy; and one event of an order
// that a thousand watch through one gateway. In one process, and for comparison with each service in its own.
//   npm run bench -- push [--seconds 15] [--clients 8] [--streams 1000] [--rounds 5]
import { join } from 'node:path';
import { shown, spread } from '../figures.mjs';
import { asked, end, start } from '../processes.mjs';
import { withServers } from '../servers.mjs';
import { settingsOf } from '../settings.mjs';
import { catalogue, root, together, warmedUp, withShop } from '../shop.mjs';
import { Shopper } from '../../system/dist/demo/shopper.js';

const IDLE_ROUNDS = 3;

export async function measure(args) {
  const settled = settingsOf(args, { seconds: 15, clients: 8, streams: 1_000, rounds: 5 });
  // As many streams as are asked for, by two people, on sockets of fifty.
  const settings = { MAX_CONNECTIONS_PER_USER: String(settled.streams), MAX_STREAMS_PER_CONNECTION: '50' };
  const measured = (servers, processes) =>
    withShop(servers, { ...settings, ...processes }, async ({ gateway, shopkeeper }) => {
      const products = await catalogue(shopkeeper);
      const bought = await purchases({ gateway, products }, settled);
      return { ...bought, pushed: await fanOut({ gateway, shopkeeper, product: products[0] }, settled) };
    });
  return withServers(async (servers) => {
    const one = await measured(servers, together);
    return report({ one, each: await measured(servers, {}) }, settled);
  });
}

/** Placed to PAID: `idle` and `busy`, a sample a round. */
async function purchases({ gateway, products }, { seconds, clients }) {
  const buyers = start(join(root, 'bench/shop/buyers.mjs'), { cwd: root, ipc: true });
  const buy = (many, duration) =>
    asked(buyers, { shop: 'ours', origin: gateway, path: '/graphql', products, clients: many, seconds: duration });
  try {
    await warmedUp((duration) => buy(clients, duration));
    const [idle, busy] = [[], []];
    for (let round = 0; round < IDLE_ROUNDS; round += 1) {
      idle.push(await buy(1, seconds));
      busy.push(await buy(clients, seconds));
    }
    return { idle, busy };
  } finally {
    await end(buyers);
  }
}

/** For each event: how many ms after it was asked for the first and the last subscriber had it. */
async function fanOut({ gateway, shopkeeper, product }, { streams, rounds }) {
  const owner = await Shopper.register(gateway, `bench${Date.now().toString(36)}`);
  const subscribers = start(join(import.meta.dirname, 'subscribers.mjs'), { cwd: root, ipc: true });
  const samples = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      await owner.addToCart(product);
      const { uuid } = await owner.placeOrder();
      subscribers.send({ watch: { origin: gateway, tokens: [owner.token, shopkeeper.token], order: uuid, streams } });
      await asked(subscribers, { expect: { status: 'PAID', streams } });
      for (const status of ['SHIPPED', 'DELIVERED']) {
        const told = asked(subscribers, { expect: { status, streams } });
        const since = Date.now();
        await shopkeeper.run(`mutation ($id: ID!) { updateOrderStatus(id: $id, status: ${status}) { id } }`, {
          id: uuid,
        });
        const { first, last } = await told;
        samples.push({ round, status, first: first - since, last: last - since });
      }
    }
    return samples;
  } finally {
    await Promise.all([end(subscribers), owner.close()]);
  }
}

function report({ one, each }, settled) {
  const of = (samples, figure) => spread(samples.map((sample) => sample[figure]));
  const { clients, streams } = settled;
  const ms = { digits: 1, unit: ' ms' };
  const rows = {
    'placed to PAID, idle, p50': ({ idle }) => of(idle, 'paidP50'),
    'placed to PAID, idle, p99': ({ idle }) => of(idle, 'paidP99'),
    [`placed to PAID, ${clients} clients, p50`]: ({ busy }) => of(busy, 'paidP50'),
    [`placed to PAID, ${clients} clients, p99`]: ({ busy }) => of(busy, 'paidP99'),
    [`an event to the first of ${streams}`]: ({ pushed }) => of(pushed, 'first'),
    [`an event to the last of ${streams}`]: ({ pushed }) => of(pushed, 'last'),
  };
  const figure = (what, atMost, aim) => ({ what, spread: rows[what](one), ...ms, atMost, aim });
  return {
    settled,
    figures: [
      figure('placed to PAID, idle, p50', 20, 12),
      figure('placed to PAID, idle, p99', 60, 30),
      figure(`placed to PAID, ${clients} clients, p99`, 250, 100),
      figure(`an event to the last of ${streams}`, 500, 150),
    ],
    tables: [
      [
        ['ms', 'in one process', 'each service a process'],
        ...Object.entries(rows).map(([what, found]) => [what, shown(found(one), 1), shown(found(each), 1)]),
      ],
    ],
    samples: { one, each },
  };
}
