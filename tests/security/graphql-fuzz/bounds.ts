import { quantile } from '../../support/quantiles.js';
import { BESIDE } from './crossfire.js';
import { growth, type Memory } from './heaps.js';

/** The 99th percentile beside hostile operations, over that beside ordinary ones. */
const MOST_SLOWER = 2;
/** Of fewer, the 99th percentile is the slowest or the one before. */
const FEWEST_TIMED = 200;
/** How much a process may grow over the second half of the run, in MB: of what is held, and of what the system has given. */
const MOST_GROWTH: Memory = { heapMb: 8, rssMb: 40 };
/** A line through fewer points is drawn by any one of them. */
const FEWEST_SAMPLES = 8;

/** What is wrong with the times of a well-behaved client, in ms by phase; null when nothing is. */
export function faultInTimes(durations: Readonly<Record<string, readonly number[]>>): string | null {
  const { [BESIDE.ordinary]: ordinary = [], [BESIDE.hostile]: hostile = [] } = durations;
  const fewest = Math.min(ordinary.length, hostile.length);
  if (fewest < FEWEST_TIMED) return `only ${fewest} operations were timed`;
  const [usual, beside] = [quantile(ordinary, 0.99), quantile(hostile, 0.99)];
  return beside < MOST_SLOWER * usual
    ? null
    : `the 99th percentile is ${beside.toFixed(0)} ms beside hostile operations, ${usual.toFixed(0)} ms beside ordinary ones`;
}

/** What is wrong with what processes held in the course of a run: who grew, and who was not looked at each time. */
export function faultsInMemory(
  samples: readonly Readonly<Record<string, Memory>>[],
  names: readonly string[],
): readonly string[] {
  if (samples.length < FEWEST_SAMPLES) return [`memory was looked at ${samples.length} times`];
  const secondHalf = samples.slice(Math.floor(samples.length / 2));
  return names.flatMap((name) => {
    const seen = samples.filter((sample) => sample[name] !== undefined).length;
    if (seen < samples.length) return [`${name} was looked at ${seen} times of ${samples.length}`];
    return (Object.keys(MOST_GROWTH) as (keyof Memory)[]).flatMap((kind) => {
      const grown = growth(secondHalf.map((sample) => sample[name]?.[kind] ?? NaN));
      return grown < MOST_GROWTH[kind] ? [] : [`${name} grew by ${grown.toFixed(1)} MB (${kind})`];
    });
  });
}
