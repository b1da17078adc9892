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
  /** Connections that were not there to be spoiled. */
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
      const beganAt = await this.inject(fault, target);
      if (beganAt === undefined) this.missed += 1;
      else this.done.push({ fault, target, beganAt, endedAt: performance.now() });
    });
    this.busy.set(target, turn);
    return turn;
  }

  /** When it began; undefined when there was nothing to do it to. Resolves at its end. */
  private async inject({ kind, lengthMs, pick }: Fault, target: string): Promise<number | undefined> {
    const victim = this.victims[target];
    if (!victim) throw new Error(`there is no ${target}`);
    if (kind === 'kill') return victim.kill(lengthMs);
    if (kind === 'freeze') return victim.freeze(lengthMs);
    if (kind === 'restart') return victim.restart();
    const passage = await this.passageTo(target, pick);
    const beganAt = performance.now();
    if (passage) await spoil(passage, kind, lengthMs);
    return passage && beganAt;
  }

  private passageTo(target: string, pick: number): Promise<Passage | undefined> {
    const look = () => {
      const open = this.links[target]?.passages() ?? [];
      const passage = open[Math.floor(pick * open.length)];
      if (!passage) throw new Error(`there is no connection to ${target}`);
      return passage;
    };
    return eventually(look, { timeoutMs: OPENS_WITHIN_MS }).catch(() => undefined);
  }
}

/** Some connections are open only while they are needed. */
const OPENS_WITHIN_MS = 5_000;

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
