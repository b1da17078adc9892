// The gateway beside @apollo/gateway with @apollo/server as they come, in front of the same three subgraphs, with a token on
// every request and other variables on each. Ours verifies the token, and keeps its limits, as in production; stock does neither.
//   npm run bench -- gateway [--rounds 6] [--seconds 2.5] [--connections 16]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { median, ratios, shown, spread, table } from '../figures.mjs';
import { installedPeer } from '../peers.mjs';
import { publishIdentity } from './callers.mjs';
import { cpuSeconds, end, freePort, start, untilReady } from './processes.mjs';
import { operations, typeDefs } from './small-graph.mjs';

const root = resolve(import.meta.dirname, '../..');
const WARM_UP_S = 4;
/** Of ours over stock, with three hops. */
const WANTED = { throughput: { atLeast: 3, aim: 5 }, cpu: { atMost: 0.35, aim: 0.2 } };
const MUCH = '1000000000';

/** Resolves to the sentences about what was missed. */
export async function measure(args) {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '6' },
      seconds: { type: 'string', default: '2.5' },
      connections: { type: 'string', default: '16' },
    },
  });
  const [rounds, seconds, connections] = [values.rounds, values.seconds, values.connections].map(Number);
  const peers = await installedPeer('gateway');
  const folder = mkdtempSync(join(tmpdir(), 'bench-gateway-'));
  const identity = await publishIdentity();
  const children = [];
  try {
    const run = await setUp(peers, folder, identity, children);
    const samples = await takeTurns(run, { rounds, seconds, connections, token: identity.token });
    return report(samples, { rounds, seconds, connections });
  } finally {
    await Promise.all(children.map(end));
    identity.close();
    rmSync(folder, { recursive: true });
  }
}

async function setUp(peers, folder, identity, children) {
  const begin = (script, options) => {
    const child = start(script, options);
    children.push(child);
    return child;
  };
  const services = await Promise.all(
    Object.entries(typeDefs).map(async ([name, text]) => {
      const port = await freePort();
      const child = begin(join(peers, 'subgraph.mjs'), { args: [name], cwd: peers, env: { PORT: String(port) } });
      const origin = `http://127.0.0.1:${port}`;
      await untilReady(child, name, () => answers(origin, '{ __typename }'));
      return { name, url: `${origin}/graphql`, typeDefs: parse(text) };
    }),
  );
  const { supergraphSdl, errors } = composeServices(services);
  if (errors) throw new Error(errors.map(String).join('\n'));
  const supergraph = join(folder, 'supergraph.graphql');
  writeFileSync(supergraph, supergraphSdl);
  const gateway = async (name, script, options) => {
    const port = String(await freePort());
    const child = begin(script, { ...options, env: { ...options.env, PORT: port, SUPERGRAPH_SDL: supergraph } });
    const origin = `http://127.0.0.1:${port}`;
    await untilReady(child, name, () => answers(origin, '{ __typename }'));
    return { name, child, origin };
  };
  return {
    gateways: [
      await gateway('ours', join(root, 'gateway/dist/main.js'), { cwd: root, env: settings(identity) }),
      await gateway('stock', join(peers, 'stock.mjs'), { cwd: peers }),
    ],
    loader: begin(join(import.meta.dirname, 'load.mjs'), { cwd: root, ipc: true }),
  };
}

/** As in production, but that nobody is told to wait: every request is counted, and none refused. */
function settings({ jwksUrl, sessionsUrl }) {
  return {
    AUTH_JWKS_URL: jwksUrl,
    AUTH_SESSIONS_URL: sessionsUrl,
    RATE_LIMIT_PER_MINUTE: MUCH,
    LOG_LEVEL: 'warn',
  };
}

async function answers(origin, query) {
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  await response.arrayBuffer();
  return response.ok;
}

async function takeTurns({ gateways, loader }, { rounds, seconds, connections, token }) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  let salt = 0;
  const load = async (gateway, query, duration) => {
    const told = new Promise((done) => loader.once('message', done));
    const before = cpuSeconds(gateway.child);
    loader.send({ origin: gateway.origin, query, headers, connections, seconds: duration, salt });
    const { failed, ...sample } = await told;
    if (failed) throw new Error(failed);
    salt = sample.salt;
    const cpuUs = ((cpuSeconds(gateway.child) - before) / sample.requests) * 1e6;
    return { rate: sample.requests / sample.seconds, cpuUs, p50: sample.p50, p99: sample.p99 };
  };
  const samples = [];
  for (const [operation, query] of Object.entries(operations)) {
    await sameAnswers(gateways, query, headers);
    for (const gateway of gateways) await load(gateway, query, WARM_UP_S);
    for (let round = 0; round < rounds; round += 1)
      for (const gateway of round % 2 ? gateways.toReversed() : gateways)
        samples.push({ operation, round, gateway: gateway.name, ...(await load(gateway, query, seconds)) });
  }
  return samples;
}

async function sameAnswers(gateways, query, headers) {
  const ask = async ({ origin }) => {
    const body = JSON.stringify({ query, variables: { salt: 41 } });
    return (await (await fetch(`${origin}/graphql`, { method: 'POST', headers, body })).text()).trim();
  };
  const [ours, stock] = await Promise.all(gateways.map(ask));
  if (ours !== stock) throw new Error(`ours answers ${ours.slice(0, 500)}\nand stock ${stock.slice(0, 500)}`);
}

function report(samples, settled) {
  const of = (operation, gateway, figure) =>
    samples
      .filter((sample) => sample.operation === operation && sample.gateway === gateway)
      .map((sample) => sample[figure]);
  const names = Object.keys(operations);
  const compared = names.map((operation) => ({
    operation,
    throughput: ratios(of(operation, 'ours', 'rate'), of(operation, 'stock', 'rate')),
    cpu: ratios(of(operation, 'ours', 'cpuUs'), of(operation, 'stock', 'cpuUs')),
  }));
  const figures = names.flatMap((operation) =>
    ['ours', 'stock'].map((gateway) => ({
      operation,
      gateway,
      rate: spread(of(operation, gateway, 'rate')),
      cpuUs: spread(of(operation, gateway, 'cpuUs')),
      p50: median(of(operation, gateway, 'p50')),
      p99: median(of(operation, gateway, 'p99')),
    })),
  );
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length };
  mkdirSync(join(root, 'bench/results'), { recursive: true });
  const whole = { at: new Date().toISOString(), machine, settled, wanted: WANTED, compared, figures, samples };
  writeFileSync(join(root, 'bench/results/gateway.json'), `${JSON.stringify(whole, null, 2)}\n`);
  const lines = [
    ...table([
      ['ours / stock', 'requests/s', 'CPU a request'],
      ...compared.map(({ operation, throughput, cpu }) => [operation, shown(throughput, 2), shown(cpu, 3)]),
    ]),
    '',
    ...table([
      ['', '', 'requests/s', 'CPU a request, µs', 'p50 / p99, ms'],
      ...figures.map(({ operation, gateway, rate, cpuUs, p50, p99 }) => [
        ...[operation, gateway, shown(rate, 0), shown(cpuUs, 0), `${p50.toFixed(1)} / ${p99.toFixed(1)}`],
      ]),
    ]),
  ];
  for (const line of lines) process.stdout.write(`${line}\n`);
  const [{ throughput, cpu }] = compared.filter(({ operation }) => operation === '3 hops');
  const missed = [];
  if (throughput.median < WANTED.throughput.atLeast)
    missed.push(
      `requests/s with 3 hops are ${throughput.median.toFixed(2)} × stock's, not ${WANTED.throughput.atLeast}`,
    );
  if (cpu.median > WANTED.cpu.atMost)
    missed.push(`CPU a request with 3 hops is ${cpu.median.toFixed(3)} × stock's, not ${WANTED.cpu.atMost}`);
  return { missed };
}
