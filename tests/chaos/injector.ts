import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import type { Passage, TcpProxy } from '../support/tcp-proxy.js';
import type { Fault } from './schedule.js';

/** A process that can be spoiled. Each call resolves at the fault's end, with the time of its beginning by performance.now(). */
export interface Victim {
  kill(awayMs: number): Promise<number>;
  freeze(lengthMs: number): Promise<number>;
  restart(): Promise<number>;
}

/** A fault at one place, as it was done. Times by performance.now(). */
export interface Injected {
  readonly fault: Fault;
  readonly target: string;
  readonly beganAt: number;
  readonly endedAt: number;
}

/** Does to the shop what a schedule says. Faults of one process wait for each other, so that none is lost. */
export class Injector {
  readonly done: Injected[] = [];
  /** Faults of a connection that were done elsewhere, as none was opened there. */
  missed = 0;
  private readonly busy = new Map<string, Promise<void>>();

  constructor(
    private readonly victims: Readonly<Record<string, Victim>>,
    private readonly links: Readonly<Record<string, TcpProxy>>,
  ) {}

  /** Resolves when the last fault is over. */
  async run(schedule: readonly Fault[]): Promise<void> {
    const began = performance.now();
    const faults: Promise<void>[] = [];
    for (const fault of schedule) {
      await pause(Math.max(began + fault.atMs - performance.now(), 0));
      faults.push(...fault.targets.map((target) => this.inTurn(fault, target)));
    }
    await Promise.all(faults);
  }

  private inTurn(fault: Fault, target: string): Promise<void> {
    const turn = (this.busy.get(target) ?? Promise.resolve()).then(async () => {
      this.done.push({ fault, ...(await this.inject(fault, target)), endedAt: performance.now() });
    });
    this.busy.set(target, turn);
    return turn;
  }

  /** When it began, and where. Resolves at its end. */
  private async inject({ kind, lengthMs, pick }: Fault, target: string): Promise<Pick<Injected, 'target' | 'beganAt'>> {
    if (kind === 'kill') return { target, beganAt: await this.victim(target).kill(lengthMs) };
    if (kind === 'freeze') return { target, beganAt: await this.victim(target).freeze(lengthMs) };
    if (kind === 'restart') return { target, beganAt: await this.victim(target).restart() };
    const beganAt = performance.now();
    if (kind === 'cut off') {
      await cutOff(this.link(target), lengthMs);
      return { target, beganAt };
    }
    const { at, passage } = await this.passage(target, pick);
    const spoiledAt = performance.now();
    await spoil(passage, kind, lengthMs);
    return { target: at, beganAt: spoiledAt };
  }

  private victim(target: string): Victim {
    const victim = this.victims[target];
    if (!victim) throw new Error(`there is no ${target}`);
    return victim;
  }

  private link(target: string): TcpProxy {
    const link = this.links[target];
    if (!link) throw new Error(`nothing leads to ${target}`);
    return link;
  }

  /** A connection that is open, or the next one: some are open only while they are needed. After a while, one elsewhere. */
  private async passage(target: string, pick: number): Promise<{ at: string; passage: Passage }> {
    const link = this.link(target);
    const open = link.passages();
    const passage = open[Math.floor(pick * open.length)] ?? (await opened(link));
    if (passage) return { at: target, passage };
    this.missed += 1;
    const others = Object.entries(this.links).flatMap(([at, { passages }]) =>
      passages().map((other) => ({ at, passage: other })),
    );
    const other = others[Math.floor(pick * others.length)];
    if (!other) throw new Error('there is no connection at all');
    return other;
  }
}

const OPENS_WITHIN_MS = 10_000;
/** Its port may be taken meanwhile, by the client's end of a connection that will not last. */
const OPEN_AGAIN_WITHIN_MS = 60_000;

async function opened(link: TcpProxy): Promise<Passage | undefined> {
  const giveUp = new AbortController();
  const never = pause(OPENS_WITHIN_MS, undefined, { signal: giveUp.signal }).catch(() => undefined);
  return Promise.race([link.next(), never]).finally(() => giveUp.abort());
}

/** Ends every connection, and refuses new ones for a while. */
async function cutOff(link: TcpProxy, lengthMs: number): Promise<void> {
  await link.close();
  await pause(lengthMs);
  await eventually(() => link.open(), { timeoutMs: OPEN_AGAIN_WITHIN_MS, everyMs: 50 });
}

async function spoil(passage: Passage, kind: 'delay' | 'drop' | 'half-close' | 'cut', lengthMs: number): Promise<void> {
  if (kind === 'cut') return passage.break();
  if (kind === 'half-close') return passage.halfClose();
  if (kind === 'delay') {
    const release = passage.hold();
    await pause(lengthMs);
    return release();
  }
  passage.swallow();
  await pause(lengthMs);
  passage.break();
}
