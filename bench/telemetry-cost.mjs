// What tracing costs: the same shop twice, once as it comes (off), once with every trace sent to a receiver on this machine
// (on). Rounds alternate; each figure is the median of its rounds, and the last line the ratio of the two.
//   DATABASE_URL=... node bench/telemetry-cost.mjs [rounds] [seconds]
// Needs `npm run build` before. Each shop runs in one process, on the embedded stand-ins and the PostgreSQL given.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { Shopper } from '../system/dist/demo/shopper.js';

const rounds = Number(process.argv[2] ?? 5);
const seconds = Number(process.argv[3] ?? 3);
const ORDERS_A_ROUND = 15;
const IN_FLIGHT = 8;
const admin = { email: 'admin@shop.example', password: 'a password for benchmarks alone' };

let received = 0;
const receiver = createServer((request, response) => {
  request.on('data', (chunk) => (received += chunk.length));
  request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
});
await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));

const endpoint = `http://127.0.0.1:${receiver.address().port}`;
const shops = { off: await start({}, 20_000), on: await start({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, 21_000) };
const samples = { off: { rate: [], paid: [] }, on: { rate: [], paid: [] } };
try {
  for (const shop of Object.values(shops)) await queries(shop, 1);
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? ['off', 'on'] : ['on', 'off'];
    for (const name of order) samples[name].rate.push(await queries(shops[name], seconds));
    for (const name of order) samples[name].paid.push(...(await placedToPaid(shops[name])));
  }
} finally {
  await Promise.all(Object.values(shops).map((shop) => shop.stop()));
  receiver.close();
}
const [off, on] = [samples.off, samples.on];
console.log(`queries a second: off ${median(off.rate).toFixed(0)}, on ${median(on.rate).toFixed(0)}`);
console.log(`placed to PAID, ms: off ${median(off.paid).toFixed(1)}, on ${median(on.paid).toFixed(1)}`);
console.log(
  `on / off: queries ${(median(on.rate) / median(off.rate)).toFixed(2)}, placed to PAID ${(median(on.paid) / median(off.paid)).toFixed(2)}` +
    `; ${Math.round(received / 1_000)} kB of traces were received`,
);

/** A shop on ports and databases of its own, with somebody who shops there. */
async function start(settings, offset) {
  const data = mkdtempSync(join(tmpdir(), 'shop-bench-'));
  const prefix = `bench_${randomBytes(3).toString('hex')}_`;
  const launcher = spawn(process.execPath, ['scripts/run.mjs', 'start'], {
    env: {
      ...process.env,
      ...settings,
      DATABASE_PREFIX: prefix,
      PORT_OFFSET: String(offset),
      DATA_DIR: data,
      ADMIN_EMAIL: admin.email,
      ADMIN_PASSWORD: admin.password,
      LOGIN_RATE_LIMIT: '0',
      // On stand-ins, so that they share nothing but the machine.
      RABBITMQ_URL: '',
      REDIS_URL: '',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const gateway = `http://127.0.0.1:${4_000 + offset}`;
  const ready = () =>
    fetch(`${gateway}/readyz`)
      .then((answer) => answer.ok)
      .catch(() => false);
  while (!(await ready())) await new Promise((resolve) => setTimeout(resolve, 100));
  const keeper = await Shopper.login(gateway, admin.email, admin.password);
  const shopper = await Shopper.register(gateway, `bench${randomBytes(4).toString('hex')}`);
  const product = await keeper.createProduct({ name: 'Benchmark', price: 1_000, stock: 1_000_000 });
  const statuses = shopper.statuses();
  const next = statuses.next();
  return {
    ...{ gateway, shopper, product, statuses, next },
    async stop() {
      await Promise.all([keeper.close(), shopper.close()]);
      const exited = new Promise((resolve) => launcher.once('exit', resolve));
      launcher.kill('SIGTERM');
      await exited;
      rmSync(data, { recursive: true, force: true });
      await dropDatabases(prefix);
    },
  };
}

/** Queries of two subgraphs that a gateway answers in a second, several at a time. */
async function queries({ gateway, shopper }, forSeconds) {
  const until = performance.now() + forSeconds * 1_000;
  let count = 0;
  const body = JSON.stringify({ query: '{ products(first: 5) { edges { node { name } } } me { id } }' });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${shopper.token}` };
  const ask = async () => {
    while (performance.now() < until) {
      await (await fetch(`${gateway}/graphql`, { method: 'POST', headers, body })).text();
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, ask));
  return count / forSeconds;
}

/** From sending placeOrder until a subscribed client has PAID, in ms. */
async function placedToPaid(shop) {
  const taken = [];
  for (let n = 0; n < ORDERS_A_ROUND; n += 1) {
    await shop.shopper.addToCart(shop.product.id);
    const since = performance.now();
    const { uuid } = await shop.shopper.placeOrder();
    for (;;) {
      const { value: event } = await shop.next;
      shop.next = shop.statuses.next();
      if (event.uuid !== uuid || event.status !== 'PAID') continue;
      taken.push(event.seenAt - since);
      break;
    }
  }
  return taken;
}

async function dropDatabases(prefix) {
  const client = new pg.Client(process.env.DATABASE_URL);
  await client.connect();
  const { rows } = await client.query('select datname from pg_database where starts_with(datname, $1)', [prefix]);
  for (const { datname } of rows) await client.query(`drop database "${datname}" with (force)`);
  await client.end();
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
