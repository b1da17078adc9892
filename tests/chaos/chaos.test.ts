import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { report } from '../rest/report.js';
import { chaos, type ChaosReport } from './chaos.js';
import { printed } from './chaos-report.js';
import { ORDER_TIMEOUT_S } from './shop-under-test.js';

/** `npm run chaos` sets these; within the whole test run less has to do. */
const { TEST_SEED, TEST_ORDERS = '150', TEST_KILLS = '12', TEST_MINUTES = '0.6', TEST_JSON, TEST_REPORT } = process.env;
const SEED = TEST_SEED === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(TEST_SEED);
const ORDERS = Number(TEST_ORDERS);
const MINUTES = Number(TEST_MINUTES);
/** The shop's start, the faults, and all that comes after them: with 6 minutes of faults ten in all. */
const WITHIN_MS = (MINUTES + 4) * 60_000;
/** How much of a run's trade must meet its faults. A short run beside other tests shows what it can: some of it. */
const SHARE = MINUTES < 2 ? 0 : 1 / 4;
/** Purchases come until the faults end, and one may wait as long as its order may: what is begun last is decided later. */
const DECIDED_MEANWHILE = Math.max(1 - ORDER_TIMEOUT_S / (MINUTES * 60), 0) * SHARE;
/** Of a hundred orders 24 may be cancelled without a fault, and in a long storm some run out of time. */
const PAID_SHARE = 1 / 2;
/** Of the orders. One whose services were away for longer than it may wait is no fault of theirs. */
const TIMED_OUT_SHARE = 1 / 10;
/** The report says what took so long, so there must be one. */
const REPORT_MS = 300_000;

describe('a shop that is killed, frozen, restarted and cut off while people buy', () => {
  it(
    'loses nothing, and does nothing twice',
    async () => {
      const say = (line: string) => void (TEST_REPORT && process.stderr.write(`${line}\n`));
      const options = { seed: SEED, orders: ORDERS, kills: Number(TEST_KILLS), minutes: MINUTES, say };
      const outcome = await chaos(options).catch((error: unknown) => {
        throw new Error(`seed ${SEED} came to no end`, { cause: error });
      });
      report(printed(outcome));
      if (TEST_JSON)
        writeFileSync(resolve(process.env['INIT_CWD'] ?? '.', TEST_JSON), JSON.stringify(outcome, null, 2));
      try {
        judge(outcome);
      } catch (error) {
        throw new Error(`seed ${SEED}: ${String(error)}`, { cause: error });
      }
    },
    WITHIN_MS + REPORT_MS,
  );
});

function judge(outcome: ChaosReport): void {
  expect(outcome.findings.filter(({ count }) => count > 0)).toEqual([]);
  expect(outcome.kills).toBe(Number(TEST_KILLS));
  expect(outcome.orders).toBe(ORDERS);
  expect(outcome.cached).toBeGreaterThan(0);
  // Nothing would be broken in a shop that cancels everything.
  const { Cancelled: cancelled = 0, Pending: pending = 0 } = outcome.decisions;
  expect(ORDERS - cancelled - pending).toBeGreaterThan(ORDERS * PAID_SHARE);
  expect(outcome.cancellations['TIMED_OUT'] ?? 0).toBeLessThanOrEqual(ORDERS * TIMED_OUT_SHARE);
  expect(outcome.underFault.begun).toBeGreaterThan(ORDERS * SHARE);
  expect(outcome.underFault.decided).toBeGreaterThanOrEqual(ORDERS * DECIDED_MEANWHILE);
  expect(outcome.underFault.met).toBeGreaterThan(0);
  expect(outcome.quietAfterMs).toBeDefined();
  expect(outcome.tookMs).toBeLessThan(WITHIN_MS);
}
