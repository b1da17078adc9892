import { Random } from './random.js';

/** What can happen to a process, to all connections to it, and to a single one. */
export const processFaults = ['freeze', 'restart', 'cut off'] as const;
export const connectionFaults = ['delay', 'drop', 'half-close', 'cut'] as const;
export type FaultKind = 'kill' | (typeof processFaults)[number] | (typeof connectionFaults)[number];

/** One thing that goes wrong, at one or more places at once. */
export interface Fault {
  /** Since the faults began. */
  readonly atMs: number;
  readonly kind: FaultKind;
  /** Services or servers; of a connection, whom it leads to. */
  readonly targets: readonly string[];
  /** How long it lasts; of a killed server, how long it stays away. 0 for what is over at once. */
  readonly lengthMs: number;
  /** Which of the open connections: this share of the way from the oldest to the newest. */
  readonly pick: number;
}

export interface Scope {
  readonly seed: number;
  /** How many processes are killed. There are half as many other faults. */
  readonly kills: number;
  readonly durationMs: number;
  readonly services: readonly string[];
  readonly servers: readonly string[];
  /** What else is connected to: only connections of these are spoiled. */
  readonly others?: readonly string[];
}

/** Two or three die, freeze or are cut off at once this often. */
const SEVERAL = 0.25;
/** Longer than a publication waits for its confirmation, and than a request waits for its answer. */
const LONG_FREEZE_MS = 12_000;
const LONG_FREEZES = 1 / 6;
/** Faults come in storms of so many, which fill this share of their time: in between people see the shop recover, and buy. */
const STORM = 14;
const STORM_SHARE = 0.25;

/**
 * Which faults come when: decided by the scope alone, so that a seed brings them back. Every service and server is killed
 * once before any is killed again; services die twice as often as servers.
 */
export function planFaults(scope: Scope): Fault[] {
  const random = new Random(scope.seed);
  const faults = random.shuffled([...kills(random, scope), ...others(random, scope)]);
  const storms = Math.ceil(faults.length / STORM);
  const fromStormMs = scope.durationMs / storms;
  const gapMs = (fromStormMs * STORM_SHARE) / Math.ceil(faults.length / storms);
  return Array.from({ length: storms }, (_, storm) =>
    faults
      .filter((_fault, index) => index % storms === storm)
      .map((fault, place) => ({
        ...fault,
        atMs: Math.round(storm * fromStormMs + (place + random.next() * 0.9) * gapMs),
      })),
  ).flat();
}

/** A fault in a line, as a schedule is printed. */
export function described({ atMs, kind, targets, lengthMs, pick }: Fault): string {
  const what = kind === 'kill' ? 'kill -9' : kind;
  const where = connectionFaults.some((one) => one === kind)
    ? `a connection to ${targets.join(', ')} (${pick.toFixed(2)})`
    : targets.join(', ');
  const howLong = lengthMs > 0 ? `, ${(lengthMs / 1_000).toFixed(1)} s` : '';
  return `${(atMs / 1_000).toFixed(1).padStart(6)} s  ${what.padEnd(10)} ${where}${howLong}`;
}

type Untimed = Omit<Fault, 'atMs'>;

function kills(random: Random, { kills: count, services, servers }: Scope): Untimed[] {
  const deck = random.deck([...services, ...servers], services);
  const faults: Untimed[] = [];
  for (let left = count; left > 0;) {
    const targets = dealt(deck, Math.min(howMany(random), left));
    left -= targets.length;
    faults.push({ kind: 'kill', targets, lengthMs: Math.round(random.between(100, 2_000)), pick: 0 });
  }
  return faults;
}

function others(random: Random, { kills: count, services, servers, others: more = [], durationMs }: Scope): Untimed[] {
  const kinds = random.deck<Exclude<FaultKind, 'kill'>>([...processFaults, ...connectionFaults]);
  const processes = random.deck([...services, ...servers], services);
  const ends = random.deck([...services, ...servers, ...more], servers);
  const long = Math.min(LONG_FREEZE_MS, durationMs / 8);
  const lengthOf = (kind: FaultKind) => {
    if (kind === 'freeze') return random.chance(LONG_FREEZES) ? long : random.between(500, 4_000);
    if (kind === 'cut off') return random.between(500, 8_000);
    return kind === 'delay' || kind === 'drop' ? random.between(300, 4_000) : 0;
  };
  return Array.from({ length: Math.ceil(count / 2) }, () => {
    const kind = kinds.next().value;
    const deck = connectionFaults.some((one) => one === kind) ? ends : processes;
    const count = kind === 'freeze' || kind === 'cut off' ? howMany(random) : 1;
    return { kind, targets: dealt(deck, count), lengthMs: Math.round(lengthOf(kind)), pick: random.next() };
  });
}

function howMany(random: Random): number {
  return random.chance(SEVERAL) ? (random.chance(0.5) ? 2 : 3) : 1;
}

/** So many different ones. */
function dealt(deck: Generator<string, never>, count: number): string[] {
  const targets = new Set<string>();
  while (targets.size < count) targets.add(deck.next().value);
  return [...targets];
}
