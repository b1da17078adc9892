import { existsSync, readFileSync, rmSync } from 'node:fs';
import * as module from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { processFolder } from './bundle.mjs';
import { runNode } from './run-node.mjs';
import { say } from './say.mjs';

/**
 * What `npm run <verb>` does once the dependencies are there; `built`: after the build; `settings`: with those of .env, which
 * are for the shop that runs here and not for the tests; `bundled`: also after every process was bundled.
 * @type {Record<string, {built: boolean, bundled?: boolean, settings?: boolean, run: (args: string[]) => unknown}>}
 */
export const verbs = {
  start: { ...ours(`${processFolder}/start.js`), settings: true, bundled: true },
  test: { ...ours('system/dist/run-tests.js'), bundled: true },
  dev: {
    built: true,
    settings: true,
    run: async (args) => (await import('./dev.mjs')).dev(process.cwd(), args),
  },
  build: { built: true, bundled: true, run: () => undefined },
  lint: tool('node_modules/eslint/bin/eslint.js', ['.']),
  format: tool('node_modules/prettier/bin/prettier.cjs', ['--write', '--log-level=warn', '.']),
  typecheck: tool('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.json']),
  compose: ours('gateway/dist/compose.js'),
  gateway: { ...ours('gateway/dist/main.js'), settings: true },
  demo: { ...ours('system/dist/demo.js'), settings: true },
  migrate: { ...ours('system/dist/migrate.js'), settings: true },
  seed: { ...ours('system/dist/seed.js'), settings: true },
  dlq: { ...ours('system/dist/dlq.js'), settings: true },
  audit: { built: false, run: async () => (await import('../supply-chain/audit.mjs')).audit(process.cwd()) },
  licences: {
    built: false,
    run: async (args) => (await import('../supply-chain/licences.mjs')).licences(process.cwd(), args),
  },
  'lint:deployment': checked(async () => (await import('../checks/deployment.mjs')).checkDeployment(process.cwd())),
  compatibility: checked(async (args) =>
    (await import('../compatibility/compatibility.mjs')).compatibility(process.cwd(), args),
  ),
  contracts: longTest('tests/contracts', {}, { TEST_WRITE: 'true' }),
  servers: ours('system/dist/serve-test-servers.js'),
  'cluster:secrets': ours('system/dist/print-cluster-secrets.js'),
  chaos: longTest(
    'tests/chaos/chaos.test.ts',
    { orders: '2000', kills: '100', minutes: '6', seed: undefined, json: undefined },
    { TEST_SERVERS: 'own' },
  ),
  explore: longTest('tests/explore/explore.test.ts', { set: 'full' }),
  fuzz: longTest('tests/rest/fuzz.test.ts', { requests: '5000', seed: undefined, service: undefined }),
  'fuzz:graphql': longTest(
    'tests/security/graphql-fuzz.test.ts',
    { valid: '20000', mutated: '20000', seed: undefined },
    { TEST_SET: 'full' },
  ),
  executors: longTest(
    'gateway/test/execution/',
    { cases: '5000', seed: undefined },
    { TEST_SERVERS: 'own', TEST_SET: 'full' },
  ),
  bench: {
    built: true,
    run: async (args) => {
      const { bench } = await import('../../bench/run.mjs');
      if (!(await bench(args))) process.exitCode = 1;
    },
  },
  equivalence: longTest('tests/rest/equivalence.test.ts', { runs: '100', seed: undefined }),
  loop: longTest('tests/rest/loop.test.ts', { seconds: '20', shoppers: '8', mode: undefined }),
  resilience: longTest(
    'resilience/(rolling|live|stop)|slow-loris|tests/rolling|chaos/own-servers|http-files|mailer/test/crash',
    {},
    { TEST_SET: 'full' },
  ),
  browser: longTest('tests/browser', {}, { TEST_SET: 'full' }),
  reload: longTest('tests/dev/reload.long.test.ts', { edits: '9' }, { TEST_SET: 'full' }),
  rehearse: longTest('tests/images/rehearsal.long.test.ts', {}, { TEST_SET: 'full', TEST_SERVERS: 'own' }),
  replicas: longTest('tests/replicas/replicas', {}, { TEST_SET: 'full' }),
  throughput: longTest(
    'tests/replicas/throughput',
    { counts: '1,2,3', seconds: '15', buyers: '12', svg: undefined },
    { TEST_SET: 'full' },
  ),
  vanish: longTest('tests/resilience/vanish.test.ts', { clients: '10000' }),
};

/** A script of ours, run in this process (its arguments in process.argv), so that a start doesn't wait for another Node. */
function ours(file) {
  return {
    built: true,
    run: async (args) => {
      // To read those of a bundle would take a tenth of a start; NODE_OPTIONS=--enable-source-maps does.
      if (!file.startsWith(processFolder)) process.setSourceMapsEnabled(true);
      // Loading the system is mostly compiling it: Node keeps what it has compiled, for our own processes as well.
      process.env.NODE_COMPILE_CACHE ??= join(process.cwd(), '.cache', 'compiled');
      module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
      const path = join(process.cwd(), file);
      process.argv = [process.execPath, path, ...args];
      await import(pathToFileURL(path).href);
    },
  };
}

/**
 * A test of ours at its full length, with the settings of its command line (`--requests 5000`: TEST_REQUESTS) and those
 * that are fixed; at its end come the figures that it has left.
 */
function longTest(file, usual, fixed = {}) {
  return {
    built: true,
    bundled: true,
    run: async (args) => {
      const options = Object.fromEntries(
        Object.keys(usual).map((name) => [name, { type: 'string', default: usual[name] }]),
      );
      const { values } = parseArgs({ args, options });
      Object.assign(process.env, fixed);
      for (const [name, value] of Object.entries(values)) process.env[`TEST_${name.toUpperCase()}`] = value;
      const report = join(process.cwd(), '.cache', 'report');
      rmSync(report, { force: true });
      process.env.TEST_REPORT = report;
      process.once('exit', () => existsSync(report) && say(readFileSync(report, 'utf8').trimEnd()));
      await ours('system/dist/run-tests.js').run([file]);
    },
  };
}

/** A check of ours, which answers whether all is well. */
function checked(check) {
  return {
    built: false,
    run: async (args) => {
      if (!(await check(args))) process.exitCode = 1;
    },
  };
}

/** A tool's script, run in a process of its own, with its usual arguments unless others are given. */
function tool(script, usual) {
  return {
    built: false,
    run: async (args) => {
      process.exitCode = await runNode([script, ...(args.length > 0 ? args : usual)]);
    },
  };
}
