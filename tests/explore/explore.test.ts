import { Explorer } from './explorer.js';
import { reducedScenarios, scenarios } from './scenarios.js';
import { report } from '../rest/report.js';

/** `npm run explore` sets this; within the whole test run the smaller set has to do. */
const IS_FULL = process.env['TEST_SET'] === 'full';

let explorer: Explorer;
beforeAll(async () => {
  explorer = await Explorer.open();
});
afterAll(() => explorer?.close());

describe('every order of the events of', () => {
  it.each(IS_FULL ? scenarios : reducedScenarios)(
    '$name',
    async (scenario) => {
      const began = performance.now();
      const { counterExample, different, ...found } = await explorer.explore(scenario);
      const seconds = ((performance.now() - began) / 1_000).toFixed(1);
      report(
        `${scenario.name}: ${grouped(found.sequences)} sequences, ${grouped(found.states)} states ` +
          `(${grouped(found.quiet)} quiet), ${grouped(found.steps)} steps, ${grouped(found.done)} of them on the databases, ` +
          `${counterExample ? 1 : 0} violations, ${seconds} s`,
      );
      if (counterExample) report(inFull(counterExample));
      expect(counterExample && inFull(counterExample)).toBeUndefined();
      // A step that is done again comes out as it did.
      expect(different).toEqual([]);
      expect(found.sequences).toBeGreaterThan(0n);
    },
    600_000,
  );
});

const grouped = (count: number | bigint): string => count.toLocaleString('en');

function inFull({ steps, fault }: { readonly steps: readonly string[]; readonly fault: string }): string {
  return [...steps.map((step, index) => `  ${index + 1}. ${step}`), `  then: ${fault}`].join('\n');
}
