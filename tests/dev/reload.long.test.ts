import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { Shopper } from '@shop/system/demo/shopper';
import { freePortOffset } from '../e2e/free-port-offset.js';
import { report } from '../rest/report.js';
import { eventually } from '../support/eventually.js';
import { testBroker } from '../support/test-broker.js';
import { testRedis } from '../support/test-redis.js';
import { copiedProject } from './copied-project.js';

/** `npm run reload -- --edits 9` */
const EDITS = Number(process.env['TEST_EDITS'] ?? '3');
const LIVE_WITHIN_MS = 2_000;
const RESOLVER = 'subgraphs/orders/src/graphql/order.resolver.ts';
const FINDS = "return this.views.find(requireCaller(caller), orderReference(id, 'id'));";
const admin = { email: 'admin@shop.example', password: 'a password for tests alone' };

/** Whether a process of a folder waits for what it is to become. By proc(5): elsewhere than on Linux nobody knows. */
function standsBy(folder: string): boolean {
  if (process.platform !== 'linux') return true;
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes.some((pid) => {
    try {
      const is = readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('shop, standing by');
      return is && readlinkSync(`/proc/${pid}/cwd`) === folder;
    } catch {
      return false;
    }
  });
}

describe.each(['alone', 'on real servers', 'on real servers, one watched'] as const)('npm run dev, %s', (mode) => {
  let project: ReturnType<typeof copiedProject>;
  let dev: ChildProcess;
  let gateway: string;
  let output = '';
  const cleanUps: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    project = copiedProject();
    const offset = await freePortOffset();
    gateway = `http://127.0.0.1:${4000 + offset}`;
    dev = spawn(process.execPath, ['scripts/run.mjs', 'dev', ...(mode.endsWith('watched') ? ['orders'] : [])], {
      cwd: project.folder,
      env: await environment(offset),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [dev.stdout, dev.stderr]) stream?.on('data', (chunk) => (output += chunk));
    await eventually(async () => expect((await fetch(`${gateway}/readyz`)).status).toBe(200), {
      timeoutMs: 180_000,
      everyMs: 100,
    });
  }, 240_000);

  afterAll(async () => {
    if (dev?.exitCode === null) {
      const ended = new Promise((done) => dev.once('close', done));
      dev.kill('SIGTERM');
      await ended;
    }
    for (const cleanUp of cleanUps) await cleanUp();
    project?.remove();
  });

  async function environment(offset: number): Promise<Record<string, string>> {
    const { PATH = '', HOME = '' } = process.env;
    const settings = {
      ...{ PATH, HOME, PORT_OFFSET: String(offset), DATA_DIR: join(project.folder, '.data') },
      ...{ ADMIN_EMAIL: admin.email, ADMIN_PASSWORD: admin.password },
      // An order is under way for a moment, so that a restart meets it.
      PAYMENT_LATENCY_MS: '1000',
    };
    if (mode === 'alone') return settings;
    const broker = await testBroker();
    cleanUps.push(() => broker.drop());
    const { url, namespace } = testRedis();
    return { ...settings, RABBITMQ_URL: broker.url, REDIS_URL: url, REDIS_NAMESPACE: namespace };
  }

  /** What the edited resolver tells of an order; undefined while nobody answers. */
  async function toldBy(
    shopper: Shopper,
    id: string,
  ): Promise<{ shippingAddress: string; status: string } | undefined> {
    const query = 'query Told($id: ID!) { order(id: $id) { shippingAddress status } }';
    return shopper.run<{ order: { shippingAddress: string; status: string } }>(query, { id }).then(
      ({ order }) => order,
      () => undefined,
    );
  }

  it('has an edited resolver live at once, and an order that is under way survives it', async () => {
    const shopkeeper = await Shopper.login(gateway, admin.email, admin.password);
    const product = await shopkeeper.createProduct({ name: `Edited ${Date.now()}`, price: 1_000, stock: 1_000 });
    const shopper = await Shopper.register(gateway, `dev${Date.now().toString(36)}`);
    const source = readFileSync(RESOLVER, 'utf8');
    expect(source).toContain(FINDS);
    const times: number[] = [];
    for (let edit = 1; edit <= EDITS; edit += 1) {
      // Nobody saves again before what stands by for the next time is there.
      await eventually(() => expect(standsBy(project.folder)).toBe(true), { timeoutMs: 60_000, everyMs: 200 });
      await shopper.addToCart(product.id);
      const { uuid, status } = await shopper.placeOrder();
      expect(status).toBe('PENDING');
      const found = FINDS.replace('return', 'const view = await');
      const edited = `${found}\n    return view && { ...view, shippingAddress: 'edit ${edit}' };`;
      const saved = performance.now();
      writeFileSync(join(project.folder, RESOLVER), source.replace(FINDS, edited));
      await eventually(async () => expect((await toldBy(shopper, uuid))?.shippingAddress).toBe(`edit ${edit}`), {
        timeoutMs: 60_000,
        // Each answer that fails is logged by two services: more of them would make everything else wait.
        everyMs: 100,
      }).catch((error: unknown) => Promise.reject(new Error(`${String(error)}\n${output}`)));
      times.push(performance.now() - saved);
      await eventually(async () => expect((await toldBy(shopper, uuid))?.status).toBe('PAID'), { timeoutMs: 60_000 });
    }
    await Promise.all([shopkeeper.close(), shopper.close()]);
    const sorted = times.toSorted((one, other) => one - other);
    const [median = 0, worst = 0] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
    report(
      `${mode}: an edit is live after ${Math.round(median)} ms (median of ${EDITS}; the longest ${Math.round(worst)} ms), at a load of ${loadavg()[0]?.toFixed(1)}.`,
    );
    expect(median).toBeLessThan(LIVE_WITHIN_MS);
  }, 600_000);

  it('leaves what runs as it was when a file can’t be compiled', async () => {
    const file = join(project.folder, RESOLVER);
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, `${good}\nclass {`);
    await eventually(() => expect(output).toContain('What runs stays as it was.'), { timeoutMs: 30_000 });
    expect((await fetch(`${gateway}/readyz`)).status).toBe(200);
    writeFileSync(file, good);
  });

  it('leaves what runs as it was when a file can’t be loaded, and has what mends it live', async () => {
    const file = join(project.folder, RESOLVER);
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, `${good}\nthrow new Error('not today');`);
    await eventually(() => expect(output).toContain('not today'), { timeoutMs: 30_000 });
    expect((await fetch(`${gateway}/readyz`)).status).toBe(200);
    const live = output.split('Live ').length;
    writeFileSync(file, good);
    await eventually(() => expect(output.split('Live ').length).toBeGreaterThan(live), { timeoutMs: 60_000 });
    expect((await fetch(`${gateway}/readyz`)).status).toBe(200);
  });

  it('has live what all services share', async () => {
    const file = join(project.folder, 'shared/src/graphql/field-at-fault.ts');
    const live = output.split('Live ').length;
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n// Saved again.\n`);
    await eventually(() => expect(output.split('Live ').length).toBeGreaterThan(live), { timeoutMs: 60_000 });
    await eventually(async () => expect((await fetch(`${gateway}/readyz`)).status).toBe(200), { timeoutMs: 30_000 });
  });
});
