/** Numbers that a seed decides: the same seed, the same numbers, on every machine. */
export class Random {
  private state: number;

  /** `seed`: any whole number; its lower 32 bits count. */
  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** From 0 to less than 1. Mulberry32, by Tommy Ettinger: 32 bits of state, each seen once in a period. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** From `low` to less than `high`. */
  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  /** A whole number from 0 to less than `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  /** One of the things, of which there must be some. */
  pick<Thing>(things: readonly Thing[]): Thing {
    return things[this.below(things.length)] as Thing;
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  /** The same things in another order. */
  shuffled<Thing>(things: readonly Thing[]): Thing[] {
    const left = [...things];
    return things.flatMap(() => left.splice(this.below(left.length), 1));
  }

  /** Deals things without end: each one once, in some order, before any comes again. */
  *deck<Thing>(first: readonly Thing[], then: readonly Thing[] = first): Generator<Thing, never> {
    for (;;) {
      yield* this.shuffled(first);
      yield* this.shuffled(then);
    }
  }
}
