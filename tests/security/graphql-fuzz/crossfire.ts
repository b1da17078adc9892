import type { Fuzzer, Sort } from './fuzzer.js';
import type { OrdinaryClient } from './ordinary-client.js';
import type { Scene } from './scene.js';
import type { SteadyClient } from './steady-client.js';

/** Phases of the steady client: beside whom it sends. */
export const BESIDE = { nobody: 'nobody', ordinary: 'ordinary', hostile: 'hostile' } as const;

/** What people have and what can be named changes: it is looked at anew after so many operations of each sort. */
const ROUND = 125;

/**
 * A client who has two requests under way at any time, beside the steady one: a valid and a mutated one, or in their place
 * two ordinary ones. What hostile requests cost others beyond what any do is the difference between the two.
 */
export class Crossfire {
  constructor(
    private readonly fuzzer: Fuzzer,
    private readonly scene: Scene,
    private readonly steady: SteadyClient,
  ) {}

  /** Hostile operations by their numbers, each number a valid and a mutated one as far as there are such. */
  async hostile(from: number, to: number, counts: Readonly<Record<Sort, number>>): Promise<void> {
    this.steady.enter(BESIDE.hostile);
    for (let begin = from; begin < to; begin += ROUND) {
      const present = await this.scene.next();
      const send = async (sort: Sort) => {
        const end = Math.min(begin + ROUND, to, counts[sort]);
        for (let number = begin; number < end; number += 1) await this.fuzzer.send(sort, number, present);
      };
      await Promise.all([send('valid'), send('mutated')]);
    }
    this.steady.enter(null);
  }

  /** Ordinary operations for some milliseconds, of two people. How many there were. */
  async ordinary(people: readonly [OrdinaryClient, OrdinaryClient], ms: number): Promise<number> {
    const until = performance.now() + ms;
    this.steady.enter(BESIDE.ordinary);
    const sent = await Promise.all(people.map((person) => person.send(until)));
    this.steady.enter(null);
    return sent.reduce((sum, count) => sum + count, 0);
  }
}
