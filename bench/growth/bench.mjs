// What an operation costs in a large shop beside the same in a small one, on servers of their own: 100 products and 1,000 orders,
// and 100,000 and 1,000,000. One client, one operation after the other, the shops in turn.
//   npm run bench -- growth [--rounds 9] [--times 10] [--products 100000] [--orders 1000000]
import { randomUUID } from 'node:crypto';
import { median, ratios, shown, spread } from '../figures.mjs';
import { withServers } from '../servers.mjs';
import { settingsOf } from '../settings.mjs';
import { withShop } from '../shop.mjs';
import { Shopper } from '../../system/dist/demo/shopper.js';
import { FIRST_CUSTOMER, fillOrders, fillProducts } from './fill.mjs';

const SMALL = { products: 100, orders: 1_000 };
const WARM_UP = 20;

export async function measure(args) {
  const settled = settingsOf(args, { rounds: 9, times: 10, products: 100_000, orders: 1_000_000 });
  // Each with a broker of its own, too: one virtual host is one shop.
  const samples = await withServers((few) =>
    withServers((many) =>
      withShop(few, {}, (small) =>
        withShop(many, {}, async (large) =>
          takeTurns(await filled(small, SMALL), await filled(large, settled), settled),
        ),
      ),
    ),
  );
  return report(samples, settled);
}

/** A shop with so much in it, and what there is to do in it, by name. */
async function filled({ gateway, shopkeeper, databaseOf }, { products, orders }) {
  await fillProducts(databaseOf('products'), products);
  await fillOrders(databaseOf('orders'), orders);
  const { id } = await shopkeeper.createProduct({ name: `Bench ${randomUUID()}`, price: 1_000, stock: 100_000_000 });
  const shopper = await Shopper.register(gateway, `b${randomUUID().replaceAll('-', '').slice(0, 20)}`);
  const place = async () => {
    await shopper.addToCart(id);
    const { uuid } = await shopper.placeOrder();
    // The order as it is now comes first: no status is missed.
    for await (const { status } of shopper.statuses(uuid)) if (status === 'PAID') return;
    throw new Error(`order ${uuid} was not paid`);
  };
  const someOrder = (await shopkeeper.run('{ allOrders(first: 1) { edges { node { uuid } } } }')).allOrders.edges[0]
    .node.uuid;
  const list = 'edges { node { id uuid status total items { name quantity } } } pageInfo { hasNextPage endCursor }';
  return {
    close: () => shopper.close(),
    operations: {
      'a purchase, to PAID': place,
      'a page of products': () => shopper.run('{ products(first: 20) { edges { node { id name price stock } } } }'),
      'products by price': () => shopper.run('{ products(first: 20, sort: PRICE_ASC) { edges { node { id name } } } }'),
      'a product': () => shopper.run('query ($id: ID!) { product(id: $id) { id name price stock } }', { id }),
      'a search': () =>
        shopper.run('{ products(first: 20, filter: { search: "Thing c4ca4238" }) { edges { node { id name } } } }'),
      'own orders': () => shopper.run(`{ orders(first: 20) { ${list} } }`),
      "a customer's orders": () => shopkeeper.run(`{ allOrders(first: 20, userId: ${FIRST_CUSTOMER}) { ${list} } }`),
      'all orders': () => shopkeeper.run(`{ allOrders(first: 20) { ${list} } }`),
      'all orders of a status': () => shopkeeper.run(`{ allOrders(first: 20, status: DELIVERED) { ${list} } }`),
      'an order': () =>
        shopkeeper.run('query ($id: ID!) { order(id: $id) { id uuid timeline { type } } }', { id: someOrder }),
      'a changed price': () =>
        shopkeeper.run(
          'mutation ($id: ID!, $price: SafeInt!) { updateProduct(id: $id, patch: { price: $price }) { id } }',
          { id, price: 1_000 + Math.floor(Math.random() * 1_000) },
        ),
    },
  };
}

async function takeTurns(small, large, { rounds, times }) {
  const samples = [];
  const shops = Object.entries({ small, large });
  try {
    for (const what of Object.keys(small.operations)) {
      for (const [, { operations }] of shops) await repeated(operations[what], WARM_UP);
      for (let round = 0; round < rounds; round += 1)
        for (const [shop, { operations }] of round % 2 ? shops.toReversed() : shops)
          samples.push({ what, round, shop, ms: await repeated(operations[what], times) });
    }
    return samples;
  } finally {
    await Promise.all([small.close(), large.close()]);
  }
}

/** The median of so many, in ms. */
async function repeated(operation, times) {
  const durations = [];
  for (let n = 0; n < times; n += 1) {
    const since = performance.now();
    await operation();
    durations.push(performance.now() - since);
  }
  return median(durations);
}

function report(samples, settled) {
  const names = [...new Set(samples.map(({ what }) => what))];
  const of = (what, shop) =>
    samples.filter((sample) => sample.what === what && sample.shop === shop).map(({ ms }) => ms);
  return {
    settled,
    figures: names.map((what) => ({
      what: `${what}, large ÷ small`,
      spread: ratios(of(what, 'large'), of(what, 'small')),
      ...{ digits: 2, atMost: 1.5, aim: 1.1 },
    })),
    tables: [
      [
        ['', 'small, ms', 'large, ms'],
        ...names.map((what) => [what, ...['small', 'large'].map((shop) => shown(spread(of(what, shop)), 2))]),
      ],
    ],
    samples,
  };
}
