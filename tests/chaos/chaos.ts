import { processNames } from '@shop/system/ports';
import { connected } from '../support/connected.js';
import { type Finding, inspect } from '../support/invariants.js';
import { cachedProducts } from './cached-products.js';
import { evidenceOf } from './evidence.js';
import { experiences } from './experiences.js';
import type { Stream } from './follow-order.js';
import { Injector } from './injector.js';
import type { CameMail } from './mailbox.js';
import { Market } from './market.js';
import { Patience } from './patience.js';
import { planOrders, scarceProducts } from './plans.js';
import type { Purchase } from './purchase.js';
import { quiet, stuck } from './quiet.js';
import { Random } from './random.js';
import { type Recovery, recoveries, spread } from './recovery.js';
import { described, type Fault, planFaults } from './schedule.js';
import { MAIL_SERVER, serverNames, shopUnderTest } from './shop-under-test.js';
import { type UnderFault, underFault } from './under-fault.js';

export interface ChaosOptions {
  readonly seed: number;
  readonly orders: number;
  readonly kills: number;
  /** How long faults come. */
  readonly minutes: number;
  /** Is told what goes on. */
  readonly say: (line: string) => void;
}

/** All that a run has shown. Durations in ms. */
export interface ChaosReport {
  readonly seed: number;
  readonly schedule: readonly Fault[];
  readonly kills: number;
  readonly faults: number;
  /** Faults of connections that were done elsewhere, as none was opened. */
  readonly missed: number;
  /** Orders that were placed, purchases refused for want of stock (others were made instead), and how many met the faults. */
  readonly orders: number;
  readonly refused: number;
  readonly underFault: UnderFault;
  /** What an administrator did to the goods. */
  readonly edits: Market['edits'];
  /** How the orders ended. */
  readonly decisions: Readonly<Record<string, number>>;
  /** Why orders were cancelled. */
  readonly cancellations: Readonly<Record<string, number>>;
  /** From the first request of a purchase, and from its order, until its customer saw it decided. */
  readonly purchase: { readonly median: number; readonly worst: number };
  readonly placedToDecided: { readonly median: number; readonly worst: number };
  readonly streams: { readonly count: number; readonly connections: number; readonly events: number };
  /** Different mails, copies beyond the first of each, and the faults that may have doubled one. */
  readonly mails: { readonly count: number; readonly again: number; readonly faults: number };
  readonly recoveries: readonly Recovery[];
  /** What customers were told while the shop was not all there, and how often. */
  readonly troubles: Readonly<Record<string, number>>;
  /** From the last fault until nothing was under way any more. Undefined: that did not happen in time. */
  readonly quietAfterMs: number | undefined;
  /** Products that Redis held at the end: with none, nothing is known of them. */
  readonly cached: number;
  readonly findings: readonly Finding[];
  readonly tookMs: number;
}

const MOST_PEOPLE = 80;
/** So many orders in a row, on average, are one customer's. */
const ORDERS_EACH = 4;
/** What hit one of these may have come between a mail and the note that it was sent. */
const MAIL_PLACES: ReadonlySet<string> = new Set(['mailer', MAIL_SERVER, 'postgresql']);
/** After the last fault, customers wait no longer than this, and neither do we for the queues. */
const PATIENCE_MS = 150_000;
const QUIET_WITHIN_MS = 60_000;

/** The faults of a seed: the same for everybody, as long as the shop has the same services. */
export function scheduleOf({ seed, kills, minutes }: Omit<ChaosOptions, 'say' | 'orders'>): Fault[] {
  const places = { services: processNames, servers: serverNames, others: [MAIL_SERVER] };
  return planFaults({ seed, kills, durationMs: minutes * 60_000, ...places });
}

/** Customers buy while faults come; then the faults end, what is under way ends, and everything is looked at. */
export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, orders, minutes, say } = options;
  const began = performance.now();
  const schedule = scheduleOf(options);
  say([`Seed ${seed}. The schedule, of ${schedule.length} faults:`, ...schedule.map(described), ''].join('\n'));
  const { address, shop, servers, mailbox, victims, links, stop } = await shopUnderTest('.cache');
  let isWhole = false;
  try {
    const patience = new Patience();
    const market = await Market.open({
      ...{ gateway: address, patience, random: new Random(seed), scarce: scarceProducts(orders) },
      people: Math.min(MOST_PEOPLE, Math.ceil(orders / ORDERS_EACH)),
    });
    const plans = planOrders(new Random(seed), orders, market.assortment);
    const injector = new Injector(victims, links);
    say(`The shop is open, after ${seconds(performance.now() - began)}.`);
    const progress = setInterval(
      () => say(`${injector.done.length} faults, ${market.purchases.length} of ${orders} orders ...`),
      30_000,
    );
    const trading = market.trade(plans, minutes * 60_000);
    await injector.run(schedule);
    const endedAt = performance.now();
    say(`The faults are over; ${market.purchases.length} of ${orders} orders are.`);
    patience.endsIn(PATIENCE_MS);
    await trading;
    clearInterval(progress);
    say(`Nobody waits for anything any more, ${seconds(performance.now() - endedAt)} later.`);
    const isQuiet = (await quiet(shop, servers.managementUrl, QUIET_WITHIN_MS)) !== undefined;
    const quietAfterMs = isQuiet ? Math.round(performance.now() - endedAt) : undefined;
    const mailFaults = injector.done.filter(({ target }) => MAIL_PLACES.has(target)).length;
    await market.lookAround();
    const cached = await cachedProducts(servers.redis.url);
    const evidence = evidenceOf({
      ...{ told: market.purchases.flatMap(({ told }) => told), added: market.added },
      ...{ wishes: market.wishes, plentiful: market.plentiful },
      ...{ came: mailbox.mails, mailFaults, cached },
    });
    const findings = [
      ...(await inspect(shop, market.initial, evidence)),
      await stuck(servers.managementUrl),
      ...experiences({ failures: market.failures, streams: streamsIn(market.purchases) }),
    ];
    isWhole = true;
    return {
      ...{ seed, schedule, missed: injector.missed, quietAfterMs, findings, cached: cached.length },
      orders: market.purchases.length,
      refused: market.refused,
      edits: market.edits,
      underFault: underFault(injector.done, market.purchases),
      kills: injector.done.filter(({ fault }) => fault.kind === 'kill').length,
      faults: injector.done.length,
      decisions: counted(market.purchases.map(({ decision }) => decision)),
      cancellations: await cancellations(shop.database('orders')),
      purchase: spread(market.purchases.map(({ beganAt, decidedAt }) => decidedAt - beganAt)),
      placedToDecided: spread(market.purchases.map(({ placedAt, decidedAt }) => decidedAt - placedAt)),
      streams: streamsOf(market.purchases),
      mails: { ...mailsIn(mailbox.mails), faults: mailFaults },
      recoveries: recoveries(injector.done, market.purchases),
      troubles: Object.fromEntries([...patience.troubles].sort(([, a], [, b]) => b - a)),
      tookMs: Math.round(performance.now() - began),
    };
  } finally {
    // What went wrong says more than that a server was away when everything was to end.
    await stop().catch((error: unknown) => {
      if (isWhole) throw error;
    });
  }
}

async function cancellations(database: string): Promise<Record<string, number>> {
  const sql = `select reason, count(*)::integer as count from orders where reason is not null group by reason order by 2 desc`;
  const { rows } = await connected(database, (client) => client.query<{ reason: string; count: number }>(sql));
  return Object.fromEntries(rows.map(({ reason, count }) => [reason, count]));
}

function streamsIn(purchases: readonly Purchase[]): Stream[] {
  return purchases.flatMap(({ stream }) => stream ?? []);
}

function streamsOf(purchases: readonly Purchase[]): ChaosReport['streams'] {
  const streams = streamsIn(purchases);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  return {
    count: streams.length,
    connections: sum(streams.map(({ connections }) => connections)),
    events: sum(streams.map(({ versions }) => versions.length)),
  };
}

function mailsIn(mails: readonly CameMail[]): { count: number; again: number } {
  return { count: mails.length, again: mails.reduce((sum, { copies }) => sum + copies - 1, 0) };
}

function counted(names: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
