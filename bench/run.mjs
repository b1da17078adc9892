// `npm run bench -- gateway | shop | saga | push | start | memory | growth | all`: measures this project side by side with what a
// user would pick instead, in one run. A table on stdout, everything in bench/results/ and RESULTS.md, and exit code 1 when a
// figure misses what it should at least be.
import { say } from '../scripts/launch/say.mjs';
import { keep, lines, missed } from './results.mjs';

/** What there is to measure, by the name that it is asked for by. */
const benchmarks = {
  gateway: () => import('./gateway/bench.mjs'),
  shop: () => import('./shop/bench.mjs'),
  saga: () => import('./saga/bench.mjs'),
  push: () => import('./push/bench.mjs'),
  start: () => import('./start/bench.mjs'),
  memory: () => import('./memory/bench.mjs'),
  growth: () => import('./growth/bench.mjs'),
};

/** Resolves to whether every figure is what it should at least be. */
export async function bench([name, ...args]) {
  const names = name === 'all' ? Object.keys(benchmarks) : [name];
  if (!names.every((each) => each !== undefined && Object.hasOwn(benchmarks, each)))
    throw new Error(`say what to measure: ${Object.keys(benchmarks).join(', ')}, or all`);
  if (process.platform !== 'linux') throw new Error('benchmarks read the CPU time of processes as Linux tells it');
  let allMet = true;
  for (const each of names) {
    const { measure } = await benchmarks[each]();
    const found = await measure(args);
    keep(each, found);
    process.stdout.write(`${[`${each}:`, ...lines(found)].join('\n')}\n`);
    for (const sentence of missed(found.figures)) say(`missed: ${sentence}`);
    allMet &&= missed(found.figures).length === 0;
  }
  return allMet;
}
