import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { Shopper } from '@shop/system/demo/shopper';
import { processNames } from '@shop/system/ports';
import { gatewayPort, servicePorts } from '@shop/shared/backing/roster';
import { RunningShop } from '../e2e/running-shop.js';
import { type Held, whatIsHeld } from '../resilience/what-is-held.js';
import { report } from '../rest/report.js';
import { eventually } from '../support/eventually.js';
import { violations } from '../support/invariants.js';
import { quantiles } from '../support/quantiles.js';
import { Scrape } from '../support/scrape.js';
import { required } from '../support/test-environment.js';
import { apiSchema } from './graphql-fuzz/api-schema.js';
import { faultInTimes, faultsInMemory } from './graphql-fuzz/bounds.js';
import { BESIDE, Crossfire } from './graphql-fuzz/crossfire.js';
import { Fuzzer } from './graphql-fuzz/fuzzer.js';
import { INSPECTABLE, memories, type Memory } from './graphql-fuzz/heaps.js';
import { OrdinaryClient } from './graphql-fuzz/ordinary-client.js';
import { ordinaryOperations } from './graphql-fuzz/ordinary-operations.js';
import { Scene } from './graphql-fuzz/scene.js';
import { SteadyClient } from './graphql-fuzz/steady-client.js';
import { patient } from './setting.js';

/** `npm run fuzz:graphql` sets these; within the whole test run a few hundred have to do, of which no time is taken. */
const COUNTS = { valid: Number(process.env['TEST_VALID'] ?? 100), mutated: Number(process.env['TEST_MUTATED'] ?? 100) };
const FULL = process.env['TEST_SET'] === 'full';
const SEED = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000);
/**
 * In full, each service is a process of its own, so that each can be asked what it holds; else the whole shop is one process,
 * which starts sooner, and ends if it is given more to hold than this.
 */
const MODE = FULL ? 'processes' : 'embedded';
const NODE_OPTIONS = FULL ? INSPECTABLE : '--max-old-space-size=256';

const NUMBERS = Math.max(COUNTS.valid, COUNTS.mutated);
/** Many times what it takes on a machine that has nothing else to do. */
const LIMIT_MS = 200_000 + NUMBERS * 200;
/** Beside other suites a shop in one process may stand still for a while: there no time is taken. */
const ANSWER_WITHIN_MS = FULL ? 10_000 : 90_000;
/** Requests under way at any time. */
const WIDTH = 4;
/** The run is cut into so many parts: before each, ordinary operations take the place of the hostile ones for a while. */
const PARTS = FULL ? 20 : 2;
const ORDINARY_MS = FULL ? 5_000 : 200;
/** So many operations are timed while nobody else is there. */
const ALONE = FULL ? 100 : 1;
const ALONE_WITHIN = { timeoutMs: 60_000 };
/** Pools and polls hold some handles more or fewer. */
const MARGIN = 15;
const STOCK = 1_000_000;
/** The sorts of operations that took longest and are in the report. */
const LISTED = 12;

describe('GraphQL operations of all sorts', () => {
  let shop: RunningShop;
  let scene: Scene;
  let fuzzer: Fuzzer;
  let steady: SteadyClient;
  let steadyProduct: string;
  let port: number;
  let before: Held | undefined;
  const samples: Readonly<Record<string, Memory>>[] = [];
  const redisUrl = required('REDIS_URL');
  const namespace = `graphql_fuzz_${randomUUID()}:`;
  const people: Shopper[] = [];
  const somebody = async () => {
    const person = await Shopper.register(shop.gateway, `p${randomUUID().replaceAll('-', '').slice(0, 20)}`);
    people.push(person);
    return person;
  };

  beforeAll(async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const settings = {
      ...patient,
      JWT_PRIVATE_KEY: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
      REDIS_NAMESPACE: namespace,
      NODE_OPTIONS,
    };
    shop = await RunningShop.start(MODE, settings, { redisUrl });
    scene = await Scene.open(shop.gateway, privateKey);
    const { id } = await scene.keeper.createProduct({ name: 'Tea', price: 1_500, stock: STOCK });
    steadyProduct = id;
    port = Number(new URL(shop.gateway).port);
    fuzzer = new Fuzzer(apiSchema(), port, SEED, ANSWER_WITHIN_MS);
    steady = SteadyClient.start(`${shop.gateway}/graphql`, (await somebody()).token, ordinaryOperations(id));
  });
  afterAll(async () => {
    await steady?.stop();
    await shop?.stop();
  });

  it(
    'are answered as the contract says, and leave others their time',
    async () => {
      const client = async () => new OrdinaryClient(port, (await somebody()).token, ordinaryOperations(steadyProduct));
      const clients = await Promise.all(Array.from({ length: WIDTH }, client));
      const crossfire = new Crossfire(fuzzer, scene, steady, clients);
      // Whatever is slow only once has been so before anything is timed.
      await crossfire.ordinary(ORDINARY_MS);
      delete steady.durations[BESIDE.ordinary];
      steady.enter(BESIDE.nobody);
      await eventually(
        () => expect(steady.durations[BESIDE.nobody]?.length).toBeGreaterThanOrEqual(ALONE),
        ALONE_WITHIN,
      );
      steady.enter(null);
      let [ordinary, ordinaryMs, hostileMs] = [0, 0, 0];
      if (FULL) samples.push(await memories(shop));
      for (let part = 0; part < PARTS; part += 1) {
        const began = performance.now();
        ordinary += await crossfire.ordinary(ORDINARY_MS);
        const half = performance.now();
        await crossfire.hostile(
          Math.round((NUMBERS * part) / PARTS),
          Math.round((NUMBERS * (part + 1)) / PARTS),
          COUNTS,
        );
        ordinaryMs += half - began;
        hostileMs += performance.now() - half;
        if (FULL) samples.push(await memories(shop));
        // By now the pools have what connections they take.
        before ??= await whatIsHeld(shop, redisUrl, namespace);
      }
      const perSecond = (count: number, ms: number) => Math.round((count / ms) * 1_000);
      report(
        `seed ${SEED}: ${COUNTS.valid} valid ${JSON.stringify(fuzzer.counts.valid)}, ` +
          `${COUNTS.mutated} mutated ${JSON.stringify(fuzzer.counts.mutated)}; ${perSecond(fuzzer.sent, hostileMs)} a second`,
      );
      for (const beside of Object.values(BESIDE))
        report(
          `beside ${beside}: ${steady.durations[beside]?.length ?? 0} ordinary operations, ${quantiles(steady.durations[beside] ?? [])}`,
        );
      report(`the ordinary client in place of the hostile one sent ${perSecond(ordinary, ordinaryMs)} a second`);
      for (const [what, { count, ms }] of fuzzer.slowest(LISTED))
        report(`${(ms / 1_000).toFixed(1)} s in ${count} requests: ${what}`);
      for (const { fault, operation, count } of fuzzer.found) report(`${count} times: ${operation}: ${fault}`);
      expect({ seed: SEED, findings: fuzzer.found }).toEqual({ seed: SEED, findings: [] });
      expect(fuzzer.sent).toBe(COUNTS.valid + COUNTS.mutated);
      // Refused are bad tokens, and values that are none of their types: others come to be run.
      expect(fuzzer.counts.valid['200'] ?? 0).toBeGreaterThan(COUNTS.valid / 2);
      expect(steady.failures).toEqual([]);
      if (FULL) expect(faultInTimes(steady.durations)).toBeNull();
    },
    LIMIT_MS,
  );

  it('leave every process as it was: none died, grew, is late or holds anything for anybody', async () => {
    await steady.stop();
    expect(shop.said).not.toContain('starting it again');
    if (FULL) {
      for (const name of processNames) {
        const of = (kind: keyof Memory) => samples.map((sample) => sample[name]?.[kind].toFixed(0) ?? '-').join(' ');
        report(`${name}: heap after collection, MB: ${of('heapMb')}; resident: ${of('rssMb')}`);
      }
      expect(faultsInMemory(samples, processNames)).toEqual([]);
    }
    await eventually(
      async () => {
        const held = await whatIsHeld(shop, redisUrl, namespace);
        expect(Object.values(held.streams)).toEqual(Object.values(held.streams).map(() => 0));
        for (const [handle, level] of Object.entries(held.handles))
          expect([handle, level - (before?.handles[handle] ?? 0) < MARGIN]).toEqual([handle, true]);
      },
      { timeoutMs: 30_000, everyMs: 250 },
    );
    if (FULL)
      for (const listener of [gatewayPort, ...Object.values(servicePorts)])
        await eventually(
          async () => {
            const scrape = await Scrape.of(shop.service(listener));
            expect([listener, scrape.value('nodejs_eventloop_lag_seconds', { percentile: '99' })]).toEqual([
              listener,
              expect.any(Number),
            ]);
            expect(scrape.value('nodejs_eventloop_lag_seconds', { percentile: '99' })).toBeLessThan(0.1);
          },
          { timeoutMs: 60_000, everyMs: 1_000 },
        );
  });

  it('leave a shop that sells, and in which all rules hold', async () => {
    const { id } = await scene.keeper.createProduct({ name: 'The last proof', price: 1_234, stock: 5 });
    const buyer = await somebody();
    await buyer.addToCart(id, 2);
    const { uuid } = await buyer.placeOrder();
    for await (const { status } of buyer.statuses(uuid)) if (status !== 'PENDING') break;
    expect(
      await buyer.run('query ($id: ID!) { order(id: $id) { status total payment { status amount } } }', { id: uuid }),
    ).toEqual({
      order: { status: 'PAID', total: 2_468, payment: { status: 'SUCCEEDED', amount: 2_468 } },
    });
    await Promise.all(people.map((person) => person.close()));
    expect(await scene.keeper.stockOf(id)).toBe(3);
    const initial = new Map([
      [Number(id), 5],
      [Number(steadyProduct), STOCK],
    ]);
    await eventually(async () => expect(await violations(shop, initial)).toEqual([]), {
      timeoutMs: 90_000,
      everyMs: 500,
    });
  });
});
