// How long a service's process takes from its start until it is ready, one after the other, on databases that are there; and
// the whole shop in one process with its own PostgreSQL, as `npm start` brings it up the second time.
//   npm run bench -- start [--rounds 5]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shown, spread } from '../figures.mjs';
import { end, start, untilReady } from '../processes.mjs';
import { withServers } from '../servers.mjs';
import { settingsOf } from '../settings.mjs';
import { bundled, freeOffset, isReady, root, shopEnvironment } from '../shop.mjs';
import { createDatabases, databaseNames } from '../../system/dist/databases.js';
import { environments } from '../../system/dist/environment.js';
import { planPorts, processNames } from '../../system/dist/ports.js';
import { developmentSecrets } from '../../system/dist/secrets.js';

const EVERY_MS = 5;

export async function measure(args) {
  const settled = settingsOf(args, { rounds: 5 });
  await bundled();
  const services = await withServers((servers) => eachProcess(servers, settled));
  const whole = await embedded(settled);
  return report(services, whole, settled);
}

/** Of each service's process its times in ms, by name. Before the first its database is made, and the code compiled. */
async function eachProcess(servers, { rounds }) {
  const dataFolder = mkdtempSync(join(tmpdir(), 'bench-start-'));
  // As the launcher has it, and gives it on.
  const outer = await shopEnvironment(servers, dataFolder, { NODE_COMPILE_CACHE: join(root, '.cache/compiled') });
  const ports = planPorts(outer);
  const each = environments({
    ...{ outer, ports, secrets: developmentSecrets(dataFolder), serverUrl: servers.databaseUrl, dataFolder },
  });
  await createDatabases(servers.databaseUrl, databaseNames(outer));
  const took = {};
  try {
    // The gateway is ready when they are.
    for (const name of processNames.filter((each) => each !== 'gateway')) {
      const script = join(root, '.cache/processes', `${name}.js`);
      took[name] = [];
      for (let round = -1; round < rounds; round += 1) {
        const ms = await untilItIsReady(script, name, { args: [], cwd: root, env: each[name] });
        if (round >= 0) took[name].push(ms);
      }
    }
  } finally {
    rmSync(dataFolder, { recursive: true, force: true });
  }
  return took;
}

async function embedded({ rounds }) {
  const dataFolder = mkdtempSync(join(tmpdir(), 'bench-start-'));
  const offset = String(await freeOffset());
  const env = { HOME: process.env.HOME, NODE_ENV: 'development', DATA_DIR: dataFolder, PORT_OFFSET: offset };
  const took = [];
  try {
    for (let round = -1; round < rounds; round += 1) {
      const ms = await untilItIsReady(join(root, 'scripts/run.mjs'), 'the shop', { args: ['start'], cwd: root, env });
      if (round >= 0) took.push(ms);
    }
  } finally {
    rmSync(dataFolder, { recursive: true, force: true });
  }
  return took;
}

async function untilItIsReady(script, what, { args, cwd, env }) {
  const port = env.PORT || 4_000 + Number(env.PORT_OFFSET);
  const since = performance.now();
  const child = start(script, { args, cwd, env });
  await untilReady(child, what, () => isReady(`http://127.0.0.1:${port}`), EVERY_MS);
  const took = performance.now() - since;
  await end(child);
  return took;
}

function report(services, whole, settled) {
  const slowest = Object.entries(services)
    .map(([name, took]) => [name, spread(took)])
    .reduce((one, other) => (one[1].median > other[1].median ? one : other));
  const ms = { digits: 0, unit: ' ms' };
  return {
    settled,
    figures: [
      { what: `a process to ready: the slowest, ${slowest[0]}`, spread: slowest[1], ...ms, atMost: 1_800, aim: 800 },
      { what: 'the whole shop in one process, warm', spread: spread(whole), ...ms, atMost: 4_000, aim: 2_000 },
    ],
    tables: [
      [['process', 'to ready, ms'], ...Object.entries(services).map(([name, took]) => [name, shown(spread(took), 0)])],
    ],
    samples: { services, whole },
  };
}
