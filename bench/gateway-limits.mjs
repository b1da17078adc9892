// What the gateway's limits cost an ordinary request: gateways that differ in their limits alone, in front of the same
// services, which answer at once with what they always say. The first has no part of them at all: without-limits/ is loaded in
// its place, for most of them can't be switched off. Rounds take turns, and are short and many, so that whatever else the
// machine does meets all of them alike; each figure is the median of its rounds: the CPU time of the gateway's process for a
// request, in ms (of which its throughput is the inverse, for a gateway has one thread), what that is beside the first gateway,
// round by round, with the range in which it lies by 95 %, and the requests a second beside what else the machine did.
//   REDIS_URL=... node bench/gateway-limits.mjs [rounds] [requests a round] [variants, by a part of their names and commas]
// Needs `npm run build` before; `npm run servers` provides a Redis.
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Agent, request } from 'undici';
import { publishIdentity } from './gateway/callers.mjs';

const rounds = Number(process.argv[2] ?? 100);
const requests = Number(process.argv[3] ?? 100);
const IN_FLIGHT = 16;
/** Until the engine has compiled what there is to compile. */
const WARM_UP = 3_000;
const redis = { REDIS_URL: process.env.REDIS_URL ?? '', REDIS_NAMESPACE: `bench_${randomBytes(4).toString('hex')}:` };
if (!redis.REDIS_URL) throw new Error('REDIS_URL is not set');

/** More than anybody can ask in a minute: every request is counted, and none refused. */
const COUNTED = '1000000000';
const OFF = { MAX_COST: '0', RATE_LIMIT_PER_MINUTE: '0' };
const PRODUCTION = { ...redis, RATE_LIMIT_PER_MINUTE: COUNTED, NODE_ENV: 'production' };
const all = {
  'no part of them': { settings: { ...PRODUCTION, RATE_LIMIT_PER_MINUTE: '0' }, without: true },
  // What differs between these two is what this machine can't tell apart.
  'no part, once more': { settings: { ...PRODUCTION, RATE_LIMIT_PER_MINUTE: '0' }, without: true },
  'all, in production': { settings: PRODUCTION },
  'those that stay': { settings: OFF },
  'cost alone': { settings: { ...OFF, MAX_COST: '10000' } },
  'rate alone, in memory': { settings: { ...OFF, RATE_LIMIT_PER_MINUTE: COUNTED } },
  'rate alone, in Redis': { settings: { ...OFF, ...redis, RATE_LIMIT_PER_MINUTE: COUNTED } },
  'persisted alone': { settings: { ...OFF, ...redis }, persisted: true },
};
const wanted = process.argv[4]?.split(',');
const variants = Object.entries(all).filter(([name]) => !wanted || wanted.some((part) => name.includes(part)));
if (variants.length === 0) throw new Error(`there are: ${Object.keys(all).join('; ')}`);

const mix = [
  { query: '{ products(first: 20) { edges { node { id name price } } pageInfo { hasNextPage } } }' },
  {
    query: `query ($first: Int!) { orders(first: $first) { edges { node {
      id status total items { name quantity product { id name } } } } } }`,
    variables: { first: 20 },
  },
  { query: '{ me { id username email } }' },
  { query: 'query ($id: ID!) { order(id: $id) { uuid status payment { status amount } } }', variables: { id: '7' } },
];
/** One that every gateway with limits refuses. */
const TOO_MUCH = `{ ${Array.from({ length: 150 }, (_, n) => `a${n}: __typename`).join(' ')} }`;
const asText = mix.map((operation) => JSON.stringify(operation));
const byHash = mix.map(({ query, variables }) => {
  const sha256Hash = createHash('sha256').update(query).digest('hex');
  return JSON.stringify({ variables, extensions: { persistedQuery: { version: 1, sha256Hash } } });
});
const learning = mix.map(({ query, variables }, n) => JSON.stringify({ query, variables, ...JSON.parse(byHash[n]) }));

const identity = await publishIdentity();
const headers = { 'content-type': 'application/json', authorization: `Bearer ${identity.token}` };

const services = createServer(async (asked, response) => {
  const body = asked.method === 'POST' ? answerTo(JSON.parse(await text(asked))) : '{}';
  response.writeHead(200, { 'content-type': 'application/json' }).end(body);
});
await new Promise((resolve) => services.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${services.address().port}`;
const agent = new Agent({ connections: IN_FLIGHT });

const gateways = [];
// However it ends, nothing is left that would answer the next time.
process.on('exit', () => gateways.forEach(({ child }) => child.kill('SIGTERM')));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
try {
  for (const [name, variant] of variants) await start(name, variant);
  for (const gateway of gateways) {
    if (gateway.persisted) for (const body of learning) await ask(gateway, body);
    await load(gateway, WARM_UP);
  }
  for (let round = 0; round < rounds; round += 1) {
    const first = round % gateways.length;
    const order = [...gateways.slice(first), ...gateways.slice(0, first)];
    for (const gateway of order) gateway.samples.push(await measure(gateway));
  }
} finally {
  services.close();
  identity.close();
  await agent.close();
}

const [baseline] = gateways;
for (const { name, samples } of gateways) {
  const cpu = median(samples.map((sample) => sample.cpuMs));
  const ratios = samples.map((sample, round) => sample.cpuMs / baseline.samples[round].cpuMs);
  const [low, high] = range(ratios);
  const rate = median(samples.map((sample) => sample.perSecond));
  console.log(
    `${name.padEnd(22)} ${cpu.toFixed(3)} ms of CPU a request, ${percent(median(ratios) - 1)} ` +
      `(${percent(low - 1)} to ${percent(high - 1)}) beside ${baseline.name}; ${rate.toFixed(0)} requests/s`,
  );
}

process.exit();

async function start(name, { settings, persisted = false, without = false }) {
  const port = 24_000 + gateways.length;
  const names = ['AUTH', 'PRODUCTS', 'CART', 'ORDERS', 'PAYMENTS', 'LOGGER', 'MAILER'];
  const hooks = without ? [`--import=${new URL('without-limits/register.mjs', import.meta.url).href}`] : [];
  const child = spawn(process.execPath, [...hooks, 'gateway/dist/main.js'], {
    env: {
      PATH: process.env.PATH,
      SUPERGRAPH_SDL: 'gateway/supergraph.graphql',
      ...Object.fromEntries(names.map((service) => [`${service}_URL`, origin])),
      AUTH_JWKS_URL: identity.jwksUrl,
      AUTH_SESSIONS_URL: identity.sessionsUrl,
      PORT: String(port),
      LOG_LEVEL: 'warn',
      ...settings,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const gateway = { name, child, persisted, url: `http://127.0.0.1:${port}`, samples: [] };
  gateways.push(gateway);
  const ready = () =>
    fetch(`${gateway.url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  // Asked first whether it has ended: something else may listen on its port.
  do {
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (child.exitCode !== null) throw new Error(`the gateway (${name}) did not start`);
  } while (!(await ready()));
  const answer = await post(gateway, JSON.stringify({ query: TOO_MUCH }));
  const limited = answer.statusCode !== 200;
  if (limited === without) throw new Error(`the gateway (${name}) has ${limited ? '' : 'no '}limits`);
}

async function measure(gateway) {
  const before = await cpuSeconds(gateway);
  const began = performance.now();
  await load(gateway, requests);
  const tookS = (performance.now() - began) / 1_000;
  return { cpuMs: (((await cpuSeconds(gateway)) - before) / requests) * 1_000, perSecond: requests / tookS };
}

async function load(gateway, count) {
  const bodies = gateway.persisted ? byHash : asText;
  let next = 0;
  const client = async () => {
    while (next < count) await ask(gateway, bodies[next++ % bodies.length]);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, client));
}

async function ask(gateway, body) {
  const { statusCode, said } = await post(gateway, body);
  if (statusCode !== 200 || said.includes('"errors"')) throw new Error(`${gateway.name}: ${statusCode} ${said}`);
}

async function post({ url }, body) {
  const { statusCode, body: answer } = await request(`${url}/graphql`, {
    ...{ method: 'POST', headers, body, dispatcher: agent },
  });
  return { statusCode, said: await answer.text() };
}

async function cpuSeconds({ url }) {
  const exposition = await (await fetch(`${url}/metrics`)).text();
  const values = [...exposition.matchAll(/^process_cpu_seconds_total\{[^}]*\} (\S+)$/gm)].map(([, value]) =>
    Number(value),
  );
  return values.reduce((sum, value) => sum + value, 0);
}

/** What the services always say. */
function answerTo({ query, variables }) {
  const edges = (node) => Array.from({ length: 20 }, (_, n) => ({ node: node(String(n + 1)) }));
  const product = (id) => ({ __typename: 'Product', id, name: `Product ${id}`, price: 1_000 });
  const item = (id) => ({ name: `Product ${id}`, quantity: 1, product: { __typename: 'Product', id } });
  const order = (id) => ({
    __typename: 'Order',
    id,
    uuid: `uuid-${id}`,
    status: 'PAID',
    total: 3_000,
    items: [item('1'), item('2')],
  });
  const entity = ({ __typename, id }) =>
    __typename === 'Order' ? { payment: { status: 'SUCCEEDED', amount: 3_000 } } : product(id);
  return JSON.stringify({
    data: {
      ...(query.includes('_entities') && { _entities: variables.representations.map(entity) }),
      ...(query.includes('products') && { products: { edges: edges(product), pageInfo: { hasNextPage: true } } }),
      ...(query.includes('orders') && { orders: { edges: edges(order) } }),
      ...(/\border\(/.test(query) && { order: order('7') }),
      ...(/\bme\b/.test(query) && { me: { id: '7', username: 'bench', email: 'bench@shop.example' } }),
    },
  });
}

function percent(share) {
  return `${share >= 0 ? '+' : ''}${(share * 100).toFixed(1)} %`;
}

/** Where the median of all that these are samples of lies, by 95 %: between two of them, by the binomial distribution. */
function range(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const away = 0.98 * Math.sqrt(sorted.length);
  const at = (rank) => sorted[Math.min(Math.max(Math.round(rank), 0), sorted.length - 1)];
  return [at(sorted.length / 2 - away - 1), at(sorted.length / 2 + away)];
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
