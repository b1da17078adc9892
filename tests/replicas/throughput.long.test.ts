import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { Shopper } from '@shop/system/demo/shopper';
import { queues } from '@shop/shared/messaging/topology';
import { processNames } from '@shop/system/ports';
import { CpuMeter, machineTime } from './cpu-meter.js';
import { databaseWork } from './database-work.js';
import { plot, type Point } from './plot.js';
import { ReplicatedShop } from './replicated-shop.js';
import { admin } from '../e2e/running-shop.js';
import { report } from '../rest/report.js';
import { quantile } from '../support/quantiles.js';
import { Scrape } from '../support/scrape.js';

const COUNTS = (process.env['TEST_COUNTS'] ?? '1,2,3').split(',').map(Number);
const SECONDS = Number(process.env['TEST_SECONDS'] ?? 15);
const BUYERS = Number(process.env['TEST_BUYERS'] ?? 12);
const SVG = process.env['TEST_SVG'];
const WARM_UP_MS = 4_000;
const PLENTY = 1_000_000;

/** Buys again and again until `isOver`; `paid` hears of each purchase how long it took until its PAID was seen. */
async function buy(
  shopper: Shopper,
  product: string,
  isOver: () => boolean,
  paid: (ms: number) => void,
): Promise<void> {
  const waiting = new Map<string, () => void>();
  const early = new Set<string>();
  const listening = (async () => {
    for await (const { uuid, status } of shopper.statuses()) {
      if (status !== 'PAID') continue;
      const tell = waiting.get(uuid);
      if (tell) tell();
      else early.add(uuid);
    }
  })().catch(() => undefined);
  while (!isOver()) {
    await shopper.addToCart(product);
    const since = performance.now();
    const { uuid } = await shopper.placeOrder();
    if (!early.has(uuid)) await new Promise<void>((resolve) => waiting.set(uuid, resolve));
    paid(performance.now() - since);
  }
  await shopper.close();
  await listening;
}

/** How long a message of each queue took to be handled, on average over all processes. */
async function stepTimes(shop: ReplicatedShop): Promise<string[]> {
  const consumers = processNames.filter((name) => queues.some(({ service }) => service === name));
  const scrapes = await Promise.all(
    consumers.flatMap((name) => shop.replicas(name).map(({ port }) => Scrape.of(`http://127.0.0.1:${port}`))),
  );
  return queues.flatMap(({ name: queue }) => {
    const sum = (what: string) =>
      scrapes.reduce((all, scrape) => all + (scrape.value(`saga_step_duration_seconds_${what}`, { queue }) ?? 0), 0);
    return sum('count') > 0 ? [`${queue} ${((sum('sum') / sum('count')) * 1_000).toFixed(1)}`] : [];
  });
}

async function measured(count: number): Promise<Point> {
  const shop = await ReplicatedShop.start(() => count, { PAYMENT_LATENCY_MS: '0', LOG_LEVEL: 'warn' });
  try {
    const shopkeeper = await Shopper.login(shop.gateway, admin.email, admin.password);
    const product = await shopkeeper.createProduct({ name: 'Tea', price: 1_000, stock: PLENTY });
    const shoppers: Shopper[] = [];
    for (let n = 0; n < BUYERS; n += 1)
      shoppers.push(await Shopper.register(shop.gateway, `b${randomUUID().replaceAll('-', '').slice(0, 20)}`));
    const meter = await CpuMeter.ofServers();
    for (const name of processNames)
      for (const { child } of shop.replicas(name)) if (child.pid !== undefined) meter.add(name, child.pid);

    const samples: number[] = [];
    let [measuring, over] = [false, false];
    const buying = Promise.all(
      shoppers.map((shopper) =>
        buy(
          shopper,
          product.id,
          () => over,
          (ms) => void (measuring && samples.push(ms)),
        ),
      ),
    );
    await pause(WARM_UP_MS);
    const worked = await databaseWork(shop);
    const [before, machine, since] = [meter.read(), machineTime(), performance.now()];
    measuring = true;
    await pause(SECONDS * 1_000);
    measuring = false;
    const [after, machineAfter, seconds] = [meter.read(), machineTime(), (performance.now() - since) / 1_000];
    const work = await databaseWork(shop);
    over = true;
    await buying;
    await shopkeeper.close();

    const used = [...after].map(([name, ms]) => [name, ms - (before.get(name) ?? 0)] as const);
    const all = machineAfter.all - machine.all;
    const point = {
      count,
      perSecond: samples.length / seconds,
      busy: (machineAfter.busy - machine.busy) / all,
      ours: used.reduce((sum, [, ms]) => sum + ms, 0) / all,
    };
    const purchases = samples.length;
    const each = used.map(([name, ms]) => `${name} ${(ms / purchases).toFixed(1)}`);
    const databases =
      `${((work.transactions - worked.transactions) / purchases).toFixed(1)} transactions, ` +
      `${((work.wal - worked.wal) / purchases / 1_024).toFixed(1)} KiB of WAL and ` +
      `${((work.size - worked.size) / purchases / 1_024).toFixed(1)} KiB on disk a purchase, ${work.connections} connections`;
    const steps = await stepTimes(shop);
    const memory = shop.memory().map(([name, bytes]) => `${name} ${(bytes / 1_048_576).toFixed(0)}`);
    report(
      `${count} of each: ${point.perSecond.toFixed(1)} purchases a second, ${samples.length} in all; placed to PAID ` +
        `${quantile(samples, 0.5).toFixed(0)} ms, p99 ${quantile(samples, 0.99).toFixed(0)} ms; processors ` +
        `${(point.busy * 100).toFixed(0)} % in use, ${(point.ours * 100).toFixed(0)} % by this; ` +
        `ms of processor a purchase: ${each.join(', ')}; ${databases}; ms to handle a message: ${steps.join(', ')}; MiB of memory of one process: ${memory.join(', ')}`,
    );
    expect(samples.length).toBeGreaterThan(0);
    return point;
  } finally {
    await shop.stop();
  }
}

it(
  'is measured by the number of processes',
  async () => {
    const points: Point[] = [];
    for (const count of COUNTS) points.push(await measured(count));
    if (SVG) writeFileSync(SVG, plot(points, `${BUYERS} buyers, ${availableParallelism()} processors`));
  },
  COUNTS.length * 400_000,
);
