// The gateway beside @apollo/gateway with @apollo/server as they come, in front of the same three subgraphs, with a token on
// every request and other variables on each. Ours verifies the token, and keeps its limits, as in production; stock does neither.
//   npm run bench -- gateway [--rounds 6] [--seconds 2.5] [--connections 16]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { median, ratios, shown, spread } from '../figures.mjs';
import { installedPeer } from '../peers.mjs';
import { plot } from '../plot.mjs';
import { asked, cpuSeconds, end, freePort, start, untilReady } from '../processes.mjs';
import { settingsOf } from '../settings.mjs';
import { publishIdentity } from './callers.mjs';
import { operations, typeDefs } from './small-graph.mjs';

const root = resolve(import.meta.dirname, '../..');
const WARM_UP_S = 4;
const PLOTTED = [1, 4, 16, 64];
const MUCH = '1000000000';

export async function measure(args) {
  const settled = settingsOf(args, { rounds: 6, seconds: 2.5, connections: 16 });
  const peers = await installedPeer('gateway');
  const folder = mkdtempSync(join(tmpdir(), 'bench-gateway-'));
  const identity = await publishIdentity();
  const children = [];
  try {
    const run = await setUp(peers, folder, identity, children);
    const samples = await takeTurns(run, { ...settled, token: identity.token });
    return report(samples, settled);
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
    loader: begin(join(import.meta.dirname, '../load.mjs'), { cwd: root, ipc: true }),
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
  const load = async (gateway, query, duration, width = connections) => {
    const before = cpuSeconds(gateway.child);
    const told = { origin: gateway.origin, query, headers, connections: width, seconds: duration, salt };
    const sample = await asked(loader, told);
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
  const plotted = [];
  for (const width of PLOTTED)
    for (const gateway of gateways) {
      const { rate } = await load(gateway, operations['3 hops'], seconds, width);
      plotted.push({ gateway: gateway.name, width, rate });
    }
  return { samples, plotted };
}

async function sameAnswers(gateways, query, headers) {
  const ask = async ({ origin }) => {
    const body = JSON.stringify({ query, variables: { salt: 41 } });
    return (await (await fetch(`${origin}/graphql`, { method: 'POST', headers, body })).text()).trim();
  };
  const [ours, stock] = await Promise.all(gateways.map(ask));
  if (ours !== stock) throw new Error(`ours answers ${ours.slice(0, 500)}\nand stock ${stock.slice(0, 500)}`);
}

function report({ samples, plotted }, settled) {
  const of = (operation, gateway, figure) =>
    samples
      .filter((sample) => sample.operation === operation && sample.gateway === gateway)
      .map((sample) => sample[figure]);
  const beside = (operation, figure) => ratios(of(operation, 'ours', figure), of(operation, 'stock', figure));
  const series = ['ours', 'stock'].map((name) => ({
    name,
    points: plotted.filter(({ gateway }) => gateway === name).map(({ width, rate }) => [width, rate]),
  }));
  return {
    settled,
    figures: [
      { what: 'requests/s, 3 hops ÷ stock', spread: beside('3 hops', 'rate'), digits: 2, atLeast: 3, aim: 5 },
      { what: 'CPU a request, 3 hops ÷ stock', spread: beside('3 hops', 'cpuUs'), digits: 3, atMost: 0.35, aim: 0.2 },
    ],
    tables: [
      [
        ['', '', 'requests/s', 'CPU a request, µs', 'p50 / p99, ms'],
        ...Object.keys(operations).flatMap((operation) =>
          ['ours', 'stock'].map((gateway) => [
            ...[operation, gateway, shown(spread(of(operation, gateway, 'rate')), 0)],
            shown(spread(of(operation, gateway, 'cpuUs')), 0),
            ['p50', 'p99'].map((figure) => median(of(operation, gateway, figure)).toFixed(1)).join(' / '),
          ]),
        ),
      ],
    ],
    plots: {
      'gateway.svg': plot({ title: '3 hops', across: 'requests at once', up: 'requests a second', series }),
    },
    samples,
  };
}
