// `node ops/ask.mjs`: whether Prometheus, Loki, Jaeger and Grafana, as compose starts them, have seen a shop in which something
// was bought. Asks each until it says so, for two minutes at most; says what each knows, and ends with 1 when one knows nothing.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const DEADLINE_MS = 120_000;
const EVERY_MS = 2_000;
const dashboards = join(import.meta.dirname, 'grafana', 'dashboards');
const targets = join(import.meta.dirname, 'prometheus', 'targets', 'containers.yml');

/** Each answers what it knows, or throws what it lacks. */
const questions = {
  async Prometheus() {
    const wanted = readFileSync(targets, 'utf8').match(/^- /gm).length;
    const { data } = await json('http://127.0.0.1:9090/api/v1/targets?state=active');
    const down = data.activeTargets.filter(({ health }) => health !== 'up').map(({ labels }) => labels.service);
    if (down.length > 0) throw new Error(`${down.join(', ')}: not up`);
    if (data.activeTargets.length !== wanted) throw new Error(`${data.activeTargets.length} targets of ${wanted}`);
    return `${wanted} targets, all up`;
  },
  async Loki() {
    const query = encodeURIComponent('{service="orders"} |= "order paid"');
    const { data } = await json(`http://127.0.0.1:3100/loki/api/v1/query_range?query=${query}&since=1h&limit=10`);
    const entries = data.result.flatMap(({ values }) => values);
    if (entries.length === 0) throw new Error('no entry of an order that was paid');
    return `${entries.length} entries of orders that were paid`;
  },
  async Jaeger() {
    const { data } = await json('http://127.0.0.1:16686/api/traces?service=orders&limit=5');
    if (data.length === 0) throw new Error('no trace of orders');
    return `${data.length} traces or more that orders had a part in`;
  },
  async Grafana() {
    const wanted = readdirSync(dashboards).map((file) => JSON.parse(readFileSync(join(dashboards, file), 'utf8')));
    const found = (await json('http://127.0.0.1:3001/api/search?type=dash-db')).map(({ uid }) => uid);
    const missing = wanted.filter(({ uid }) => !found.includes(uid)).map(({ title }) => title);
    if (missing.length > 0) throw new Error(`no dashboard ${missing.join(', ')}`);
    return `${wanted.length} dashboards`;
  },
};

await Promise.all(
  Object.entries(questions).map(async ([name, ask]) => {
    try {
      process.stdout.write(`${name}: ${await asked(ask)}\n`);
    } catch (error) {
      process.stderr.write(`${name}: ${error.message}\n`);
      process.exitCode = 1;
    }
  }),
);

async function asked(ask) {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((done) => setTimeout(done, EVERY_MS));
    }
  }
}

async function json(url) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
  return answer.json();
}
