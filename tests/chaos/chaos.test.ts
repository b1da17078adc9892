import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { report } from '../rest/report.js';
import { chaos } from './chaos.js';
import { printed } from './chaos-report.js';

/** `npm run chaos` sets these; within the whole test run less has to do. */
const { TEST_SEED, TEST_ORDERS = '150', TEST_KILLS = '12', TEST_MINUTES = '0.8', TEST_JSON, TEST_REPORT } = process.env;
const SEED = TEST_SEED === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(TEST_SEED);
const MINUTES = Number(TEST_MINUTES);

describe('a shop that is killed, frozen, restarted and cut off while people buy', () => {
  it(
    'loses nothing, and does nothing twice',
    async () => {
      const say = (line: string) => void (TEST_REPORT && process.stderr.write(`${line}\n`));
      const outcome = await chaos({
        seed: SEED,
        orders: Number(TEST_ORDERS),
        kills: Number(TEST_KILLS),
        minutes: MINUTES,
        say,
      });
      report(printed(outcome));
      if (TEST_JSON)
        writeFileSync(resolve(process.env['INIT_CWD'] ?? '.', TEST_JSON), JSON.stringify(outcome, null, 2));
      const broken = outcome.findings.filter(({ count }) => count > 0);
      expect({ seed: SEED, broken }).toEqual({ seed: SEED, broken: [] });
      expect(outcome.kills).toBe(Number(TEST_KILLS));
      expect(outcome.quietAfterMs).toBeDefined();
    },
    (MINUTES + 6) * 60_000,
  );
});
