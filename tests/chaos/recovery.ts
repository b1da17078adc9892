import type { Injected } from './injector.js';
import type { Purchase } from './purchase.js';
import { connectionFaults, type FaultKind } from './schedule.js';

/** How the shop got over one sort of fault. All in ms. */
export interface Recovery {
  readonly kind: FaultKind;
  readonly of: string;
  readonly count: number;
  /** How long the faults themselves lasted; a server that was killed or restarted takes connections at their end. */
  readonly lasted: { readonly median: number; readonly worst: number };
  /**
   * From a fault's end until a customer saw Paid the first of the orders that were begun after it and go through what was
   * hit. Other faults may have come meanwhile. Undefined when no such order was begun after any of them.
   */
  readonly recovery: { readonly median: number; readonly worst: number } | undefined;
  /** Faults after which no such order was begun any more. */
  readonly unseen: number;
}

/** How fast it was all right again, for each kind of fault and each place. */
export function recoveries(faults: readonly Injected[], purchases: readonly Purchase[]): Recovery[] {
  const paid = purchases.filter(({ decision }) => decision !== 'Cancelled' && decision !== 'Pending');
  const groups = Map.groupBy(faults, ({ fault, target }) => `${fault.kind} ${target}`);
  return [...groups.values()].map((group) => summary(group, paid)).sort(byKindThenPlace);
}

/** From the end of a fault until the shop had sold again; undefined when nobody tried any more. */
export function recoveryOf({ target, endedAt }: Injected, paid: readonly Purchase[]): number | undefined {
  const after = paid.filter(({ beganAt, plan }) => beganAt >= endedAt && goesThrough(plan, target));
  return after.length === 0 ? undefined : Math.min(...after.map(({ decidedAt }) => decidedAt)) - endedAt;
}

/** Every order goes through all services and servers, but for auth, which signs customers in, and Redis, which wakes streams. */
function goesThrough({ logIn, follow }: Purchase['plan'], target: string): boolean {
  if (target === 'auth') return logIn;
  return target === 'redis' ? follow : true;
}

function summary(group: readonly Injected[], paid: readonly Purchase[]): Recovery {
  const [first] = group;
  if (!first) throw new Error('a group has a member');
  const recovered = group.map((fault) => recoveryOf(fault, paid)).filter((ms) => ms !== undefined);
  const { kind } = first.fault;
  const isConnection = connectionFaults.some((one) => one === kind);
  return {
    kind,
    of: isConnection ? `connection to ${first.target}` : first.target,
    count: group.length,
    lasted: spread(group.map(({ beganAt, endedAt }) => endedAt - beganAt)),
    recovery: recovered.length > 0 ? spread(recovered) : undefined,
    unseen: group.length - recovered.length,
  };
}

/** The middle and the worst of some durations, in whole ms. */
export function spread(durations: readonly number[]): { median: number; worst: number } {
  const sorted = durations.toSorted((a, b) => a - b);
  return {
    median: Math.round(sorted[Math.floor((sorted.length - 1) / 2)] ?? 0),
    worst: Math.round(sorted.at(-1) ?? 0),
  };
}

function byKindThenPlace(a: Recovery, b: Recovery): number {
  return a.kind.localeCompare(b.kind) || a.of.localeCompare(b.of);
}
