// The whole shop as `npm start` runs it on real servers: each service a process of its own, or, with `together`, all in one.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { databaseName, databaseUrl } from '../system/dist/databases.js';
import { planPorts, processNames } from '../system/dist/ports.js';
import { Shopper } from '../system/dist/demo/shopper.js';
import { bundle } from '../scripts/launch/bundle.mjs';
import { end, isFree, start, untilReady } from './processes.mjs';

export const root = resolve(import.meta.dirname, '..');
const admin = { email: 'admin@shop.example', password: 'a password for benchmarks alone' };
const SLICE_S = 5;
const MOST_SLICES = 12;
/** By how much a rate is to be above the best before it. */
const GROWN = 1.05;
/** The whole shop as one process on the same servers, as what it is compared with is one. */
export const together = { PROCESSES: 'one' };
/** Nobody is told to wait: every request is counted, and none refused. */
const MUCH = '1000000000';

/** Whether the gateway at this origin, and all behind it, is ready. */
export const isReady = async (origin) => (await fetch(`${origin}/readyz`)).ok;

/** What every process loads, as `npm start` makes it. */
export const bundled = () => bundle(root);

/** A PORT_OFFSET at which every port of the shop is free. */
export async function freeOffset() {
  for (;;) {
    const offset = 2_000 + Math.floor(Math.random() * 13_000);
    const ports = Object.values(planPorts({ PORT_OFFSET: String(offset) }));
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return offset;
  }
}

/** What the launcher is given for a shop on these servers; `settings` go before the rest. */
export async function shopEnvironment(servers, dataFolder, settings = {}) {
  const offset = await freeOffset();
  const prefix = `bench_${offset}_`;
  return {
    HOME: process.env.HOME,
    PORT_OFFSET: String(offset),
    DATA_DIR: dataFolder,
    DATABASE_URL: servers.databaseUrl,
    DATABASE_PREFIX: prefix,
    RABBITMQ_URL: servers.brokerUrl,
    REDIS_URL: servers.redisUrl,
    REDIS_NAMESPACE: prefix,
    ADMIN_EMAIL: admin.email,
    ADMIN_PASSWORD: admin.password,
    SMTP_URL: servers.mailUrl,
    INGEST_TOKEN: 'a-token-for-benchmarks-alone',
    NODE_ENV: 'production',
    PAYMENT_LATENCY_MS: '0',
    LOG_LEVEL: 'warn',
    RATE_LIMIT_PER_MINUTE: MUCH,
    LOGIN_RATE_LIMIT: MUCH,
    ...settings,
  };
}

/** Runs `use` with a shop on these servers, and ends it, whatever comes of it. */
export async function withShop(servers, settings, use) {
  await bundled();
  const dataFolder = mkdtempSync(join(tmpdir(), 'bench-shop-'));
  const env = await shopEnvironment(servers, dataFolder, settings);
  const launcher = start(join(root, 'scripts/run.mjs'), { args: ['start'], cwd: root, env });
  const gateway = `http://127.0.0.1:${4_000 + Number(env.PORT_OFFSET)}`;
  try {
    await untilReady(launcher, 'the shop', () => isReady(gateway));
    const shopkeeper = await Shopper.login(gateway, admin.email, admin.password);
    try {
      const databaseOf = (service) => databaseUrl(servers.databaseUrl, databaseName(service, env));
      return await use({ launcher, gateway, shopkeeper, pids: pidsOf(launcher.pid), databaseOf });
    } finally {
      await shopkeeper.close();
    }
  } finally {
    await end(launcher);
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

/**
 * Runs `load`, which is told for how many seconds and resolves to a `rate`, until it has stopped growing: compilers go on for a
 * thousand purchases and more, at whose end there are twice as many a second, and for ten thousand lists. A minute at most.
 */
export async function warmedUp(load) {
  let best = 0;
  for (let [slice, steady] = [0, 0]; slice < MOST_SLICES && steady < 2; slice += 1) {
    const { rate } = await load(SLICE_S);
    steady = rate > best * GROWN ? 0 : steady + 1;
    best = Math.max(best, rate);
  }
}

/** Sixty products, with which nobody runs out. Resolves to their ids. */
export async function catalogue(shopkeeper, count = 60) {
  const ids = [];
  for (let number = 0; number < count; number += 1) {
    const product = {
      name: `Product ${number}`,
      description: `A fine product number ${number} with a description long enough to look like a real one.`,
      price: (10 + number) * 100,
      stock: 100_000_000,
    };
    ids.push((await shopkeeper.createProduct(product)).id);
  }
  return ids;
}

/** Resident memory of each of the shop's processes, in MB, by name: the largest first. */
export function memoryOf(pids) {
  return Object.entries(pids)
    .map(([name, pid]) => [name, statusOf(pid, 'VmRSS') / 1_024])
    .sort(([, one], [, other]) => other - one);
}

function pidsOf(launcher) {
  const children = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => statusOf(pid, 'PPid') === launcher);
  return Object.fromEntries(
    processNames.map((name) => [name, children.find((pid) => commandOf(pid).includes(`processes/${name}.js`))]),
  );
}

/** A number of proc(5)'s status; NaN when the process has ended. */
function statusOf(pid, field) {
  try {
    return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return NaN;
  }
}

function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
