import type { Fuzzer, Sort } from './fuzzer.js';
import type { OrdinaryClient } from './ordinary-client.js';
import type { Scene } from './scene.js';
import type { SteadyClient } from './steady-client.js';

/** Phases of the steady client: beside whom it sends. */
export const BESIDE = { nobody: 'nobody', ordinary: 'ordinary', hostile: 'hostile' } as const;

/** What people have and what can be named changes: it is looked at anew after so many operations of each sort. */
const ROUND = 125;

/**
 * A client who has some requests under way at any time, beside the steady one: valid and mutated ones in turn, or in their
 * place as many ordinary ones. What hostile requests cost others beyond what any do is the difference between the two.
 */
export class Crossfire {
  /** `people`: as many as there are requests under way. */
  constructor(
    private readonly fuzzer: Fuzzer,
    private readonly scene: Scene,
    private readonly steady: SteadyClient,
    private readonly people: readonly OrdinaryClient[],
  ) {}

  /** Hostile operations by their numbers, each number a valid and a mutated one as far as there are such. */
  async hostile(from: number, to: number, counts: Readonly<Record<Sort, number>>): Promise<void> {
    this.steady.enter(BESIDE.hostile);
    for (let begin = from; begin < to; begin += ROUND) {
      const present = await this.scene.next();
      const next = inTurn(begin, Math.min(begin + ROUND, to), counts);
      // Whoever has an answer takes the next: one that waits keeps no other from being sent.
      const send = async () => {
        for (const [sort, number] of next) await this.fuzzer.send(sort, number, present);
      };
      await Promise.all(this.people.map(send));
    }
    this.steady.enter(null);
  }

  /** Ordinary operations for some milliseconds. How many there were. */
  async ordinary(ms: number): Promise<number> {
    const until = performance.now() + ms;
    this.steady.enter(BESIDE.ordinary);
    const sent = await Promise.all(this.people.map((person) => person.send(until)));
    this.steady.enter(null);
    return sent.reduce((sum, count) => sum + count, 0);
  }
}

function* inTurn(
  from: number,
  to: number,
  counts: Readonly<Record<Sort, number>>,
): Generator<readonly [sort: Sort, number: number], void> {
  for (let number = from; number < to; number += 1)
    for (const sort of ['valid', 'mutated'] as const) if (number < counts[sort]) yield [sort, number];
}
