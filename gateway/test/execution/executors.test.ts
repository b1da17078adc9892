import { report } from '../../../tests/rest/report.js';
import { CompiledOperation } from '../../src/execution/compiled-operation.js';
import { compareExecutors } from './differences.js';

/** `npm run executors` sets these; within the whole test run a few hundred cases have to do. */
const CASES = Number(process.env['TEST_CASES'] ?? 400);
const SEED = Number(process.env['TEST_SEED'] ?? 20_261);
/** Many times what they take on a machine that has nothing else to do. */
const LIMIT_MS = 60_000 + CASES * 100;

describe('a compiled operation', () => {
  it(
    'answers as executeQueryPlan does, whatever the graph, the operation and the faults',
    async () => {
      const { cases, graphs, faulty, difference } = await compareExecutors(CompiledOperation, CASES, SEED);
      expect(difference).toBeNull();
      expect(faulty).toBeGreaterThan(cases / 5);
      report(`executors: ${cases} cases on ${graphs} graphs alike, ${faulty} of them with errors; seed ${SEED}`);
    },
    LIMIT_MS,
  );
});
