import { setTimeout as pause } from 'node:timers/promises';
import type { RunningShop } from '../../e2e/running-shop.js';

const SAYS = 'what prototypes hold that they did not at first:';

/**
 * Runs in the shop's process: at SIGUSR2 it says what has come onto the prototypes of all objects since it was first asked.
 * That first time, it is something that it puts there itself, for a moment: it proves that it would be seen.
 */
const source = `
  const prototypes = { Object, Array, String, Number, Function, Promise, Map, Set, RegExp, Date, Error, Buffer };
  const keys = () => Object.entries(prototypes).flatMap(([name, { prototype }]) =>
    Reflect.ownKeys(prototype).map((key) => name + '.' + String(key)));
  const first = new Set();
  let count = 0;
  process.on('SIGUSR2', () => {
    if (count === 0) {
      for (const key of keys()) first.add(key);
      Object.prototype.polluted = 'by the probe itself';
    }
    const more = keys().filter((key) => !first.has(key));
    for (const key in {}) more.push('for in: ' + key);
    if (({}).polluted !== undefined) more.push('polluted');
    delete Object.prototype.polluted;
    process.stdout.write('${SAYS} ' + JSON.stringify([(count += 1), more]) + '\\n');
  });
`;

/** The settings with which a shop can be asked. */
export const probed = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(source)}` };

const asked = new WeakMap<RunningShop, number>();

/** What has come onto the prototypes of the shop's process, in which all services are; the first time, what the probe put there. */
export async function pollution(shop: RunningShop): Promise<string[]> {
  const count = (asked.get(shop) ?? 0) + 1;
  asked.set(shop, count);
  process.kill(shop.pid, 'SIGUSR2');
  const deadline = Date.now() + 5_000;
  for (;;) {
    const answers = shop.said.split('\n').filter((line) => line.startsWith(SAYS));
    const answer = answers.map((line) => JSON.parse(line.slice(SAYS.length)) as [number, string[]]);
    const [, found] = answer.find(([number]) => number === count) ?? [];
    if (found) return found;
    if (Date.now() > deadline) throw new Error('the shop did not say what its prototypes hold');
    await pause(10);
  }
}
