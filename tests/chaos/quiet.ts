import { queues } from '@shop/shared/messaging/topology';
import { type ServiceName, serviceNames } from '@shop/shared/backing/roster';
import { eventually } from '../support/eventually.js';
import type { Finding } from '../support/invariants.js';
import { finding, inspect } from '../support/invariants.js';
import type { RunningShop } from '../e2e/running-shop.js';

/** So long, in ms, a line of a log may be on its way. */
const LOGGED_WITHIN_MS = 10_000;
const NOTHING_YET: ReadonlyMap<number, number> = new Map();

interface HeldQueue extends Record<string, unknown> {
  readonly name: string;
  readonly messages?: number;
}

/** What must have come to its end before anything can be said of the rest. */
const endings = ['no order stays Pending', 'no intent stays open', 'no outbox row is unpublished'];

/**
 * Resolves when nothing is under way any more: outboxes and queues are empty, and every order is decided. Answers how long
 * that took, in ms; undefined when it did not happen in time.
 */
export async function quiet(shop: RunningShop, managementUrl: string, withinMs: number): Promise<number | undefined> {
  const began = performance.now();
  const look = async () => {
    // What leaves one place is in another first: seen nowhere twice, it is nowhere.
    for (let turn = 0; turn < 2; turn += 1) {
      const findings = [...(await inspect(shop, NOTHING_YET)), await unhandled(managementUrl)];
      const open = findings.find(
        ({ invariant, count }) => count > 0 && (endings.includes(invariant) || invariant === QUEUES),
      );
      if (open) throw new Error(open.invariant);
    }
    return performance.now() - began;
  };
  return eventually(look, { timeoutMs: withinMs, everyMs: 500 }).catch(() => undefined);
}

const QUEUES = 'no queue holds a message';

/** Of a virtual host: messages that are ready, or with a consumer who has not acknowledged, in any queue but those of dead letters. */
export async function unhandled(managementUrl: string, vhost?: string): Promise<Finding> {
  return finding(QUEUES, await waiting(managementUrl, vhost));
}

/** The queues that hold messages. */
async function waiting(managementUrl: string, vhost = '/'): Promise<readonly HeldQueue[]> {
  const { username, password, origin } = new URL(managementUrl);
  const response = await fetch(
    `${origin}/api/queues/${encodeURIComponent(vhost)}?disable_stats=true&enable_queue_totals=true`,
    {
      headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
    },
  );
  const all = (await response.json()) as HeldQueue[];
  return all.filter(({ name, messages }) => isOurs(name) && (messages ?? 0) > 0);
}

/** What of `unhandled` stays: services log also when nobody asks them for anything, but such a line is soon taken. */
export async function stuck(managementUrl: string): Promise<Finding> {
  let held: readonly HeldQueue[] = [];
  const isLog = ({ name }: HeldQueue) => queues.some((queue) => queue.name === name && queue.maxLength !== undefined);
  const look = async () => {
    held = await waiting(managementUrl);
    if (held.length > 0 && held.every(isLog)) throw new Error(QUEUES);
  };
  await eventually(look, { timeoutMs: LOGGED_WITHIN_MS, everyMs: 500 }).catch(() => undefined);
  return finding(QUEUES, held);
}

/** A queue that a service of this shop empties, or one in which retries wait. */
function isOurs(name: string): boolean {
  if (name.startsWith('dead:')) return false;
  const definition = queues.find((queue) => queue.name === name);
  return definition === undefined || serviceNames.includes(definition.service as ServiceName);
}
