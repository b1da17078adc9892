// `npm run bench -- gateway`: measures this project side by side with what a user would pick instead, in one run. A table on
// stdout, everything in bench/results/, and exit code 1 when a figure misses what it should at least be.
import { say } from '../scripts/launch/say.mjs';

/** What there is to measure, by the name that it is asked for by. */
const benchmarks = {
  gateway: () => import('./gateway/bench.mjs'),
};

/** Resolves to whether every figure is what it should at least be. */
export async function bench([name, ...args]) {
  if (name === undefined || !Object.hasOwn(benchmarks, name))
    throw new Error(`say what to measure: ${Object.keys(benchmarks).join(', ')}`);
  if (process.platform !== 'linux') throw new Error('benchmarks read the CPU time of processes as Linux tells it');
  const { measure } = await benchmarks[name]();
  const { missed } = await measure(args);
  for (const sentence of missed) say(`missed: ${sentence}`);
  return missed.length === 0;
}
