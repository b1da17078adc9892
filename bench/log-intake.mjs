// How many log entries a second the logger takes over RabbitMQ, and how fast it finds them among a million.
//   DATABASE_URL=postgres://... RABBITMQ_URL=amqp://... node bench/log-intake.mjs [entries] [rows to search]
// Makes a database and a virtual host of its own on these servers; RABBITMQ_MANAGEMENT_URL is needed for the latter.
import { randomBytes, randomUUID } from 'node:crypto';
import amqp from 'amqplib';
import pg from 'pg';
import { createBacking } from '../shared/dist/backing/create-backing.js';
import { EntryStore } from '../subgraphs/logger/dist/persistence/entry.store.js';
import { openDatabase } from '../subgraphs/logger/dist/persistence/open-database.js';
import { createSystem } from '../subgraphs/logger/dist/system.js';

const entries = Number(process.argv[2] ?? 50_000);
const rows = Number(process.argv[3] ?? 1_000_000);
const name = `bench_${randomBytes(4).toString('hex')}`;
const administrator = new pg.Client(process.env.DATABASE_URL);
await administrator.connect();
await administrator.query(`create database ${name}`);
const databaseUrl = withPath(process.env.DATABASE_URL, name);
const brokerUrl = withPath(process.env.RABBITMQ_URL, name);
await manage('PUT');
try {
  await measureIntake();
  await measureSearch();
} finally {
  await manage('DELETE');
  await administrator.query(`drop database ${name} with (force)`);
  await administrator.end();
}

async function measureIntake() {
  const environment = {
    ...{ PORT: '0', GRPC_PORT: '0', DATABASE_URL: databaseUrl, RABBITMQ_URL: brokerUrl },
    ...{ AUTH_JWKS_URL: 'http://127.0.0.1:9/', LOG_LEVEL: 'silent', LOG_STDOUT: 'off' },
  };
  const system = createSystem(environment, createBacking(environment, 'logger'));
  await system.start();
  const sql = new pg.Client(databaseUrl);
  await sql.connect();
  const connection = await amqp.connect(brokerUrl, { noDelay: true });
  const channel = await connection.createConfirmChannel();
  const since = performance.now();
  for (let n = 0; n < entries; n += 1) {
    const options = { messageId: randomUUID(), type: 'log.info', appId: 'bench' };
    if (!channel.publish('logs_exchange', 'log.info', Buffer.from(JSON.stringify(anEntry(n))), options))
      await new Promise((resolve) => channel.once('drain', resolve));
  }
  await channel.waitForConfirms();
  const published = performance.now() - since;
  const counted = async () => (await sql.query('select count(*)::int as count from log_entries')).rows[0].count;
  let kept = await counted();
  // Until all are kept, or nothing has come for five seconds.
  for (let quiet = 0; kept < entries && quiet < 100;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const now = await counted();
    quiet = now === kept ? quiet + 1 : 0;
    kept = now;
  }
  const seconds = (performance.now() - since) / 1_000;
  console.log(
    `intake: ${kept} of ${entries} kept in ${seconds.toFixed(2)} s, ${Math.round(kept / seconds)} a second ` +
      `(all published and confirmed after ${(published / 1_000).toFixed(2)} s)`,
  );
  await connection.close();
  await sql.end();
  await system.stop();
}

async function measureSearch() {
  const sql = new pg.Client(databaseUrl);
  await sql.connect();
  await sql.query(
    `insert into log_entries (entry_id, logged_at, level, service, message, trace_id, fields, words)
     select gen_random_uuid(), timestamptz '2025-01-01' + n * interval '1 second',
       case when n % 1000 = 0 then 'error' when n % 100 = 0 then 'warn' else 'info' end,
       (array['orders','cart','auth','products','payments'])[1 + n % 5], 'order ' || n || ' placed',
       md5((n / 8)::text), jsonb_build_object('order_uuid', md5('o' || n)),
       array_to_tsvector(array['order', n::text, 'placed', md5('o' || n)])
     from generate_series(1, $1::int) n`,
    [rows],
  );
  await sql.query('vacuum analyze log_entries');
  const database = openDatabase({ DATABASE_URL: databaseUrl, DATABASE_POOL: 2 });
  await database.start();
  const store = new EntryStore(database);
  const end = new Date(Date.parse('2025-01-01') + rows * 500);
  const filters = {
    'no filter': {},
    service: { service: 'cart' },
    'rare level': { level: 'error' },
    'absent level': { level: 'debug' },
    'service and rare level': { service: 'orders', level: 'error' },
    'trace id': { traceId: '1679091c5a880faf6fb5e6087eb1b2dc' },
    'word of all': { search: 'placed' },
    'rare word': { search: '123456' },
    'absent word': { search: 'nowhere' },
    'word of all, absent service': { search: 'placed', service: 'nobody' },
    'time window': { until: end },
    'word of all in a time window': { search: 'order', until: end },
  };
  for (const [what, filter] of Object.entries(filters)) {
    const samples = [];
    let found = 0;
    for (let n = 0; n < 20; n += 1) {
      const since = performance.now();
      found = (await store.page(filter, { first: 50, after: null })).length;
      samples.push(performance.now() - since);
    }
    samples.sort((a, b) => a - b);
    console.log(
      `search in ${rows} by ${what}: median ${samples[10].toFixed(1)} ms, most ${samples[19].toFixed(1)} ms, ${found} found`,
    );
  }
  await database.stop();
  await sql.end();
}

function anEntry(n) {
  const time = new Date().toISOString();
  const fields = { order_uuid: randomUUID(), user_id: n % 1_000, step: 'stock.reserved' };
  return { level: 'info', service: 'orders', message: `order step ${n}`, time, trace_id: randomUUID(), fields };
}

function withPath(url, path) {
  const changed = new URL(url);
  changed.pathname = `/${path}`;
  return changed.href;
}

async function manage(method) {
  const { origin, username, password } = new URL(process.env.RABBITMQ_MANAGEMENT_URL);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const { ok, status } = await fetch(`${origin}/api/vhosts/${name}`, { method, headers: { authorization } });
  if (!ok) throw new Error(`RabbitMQ answered ${status} for the virtual host`);
}
