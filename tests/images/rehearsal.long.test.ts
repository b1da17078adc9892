import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import pg from 'pg';
import { gatewayPort, loggerGrpcPort, servicePorts } from '@shop/shared/backing/roster';
import { playThreeOrders } from '@shop/system/demo/three-orders';
import { Mailbox } from '../chaos/mailbox.js';
import { type OwnServers, ownServers } from '../chaos/own-servers.js';
import { freePortOffset } from '../e2e/free-port-offset.js';
import { report } from '../rest/report.js';
import { eventually } from '../support/eventually.js';
import { type ComposeService, composeServices, environmentOf, volumeAt } from './compose-file.js';
import { Container } from './container.js';
import { containerUser, Rehearsal, type RehearsedImage, sizeOf } from './rehearsed-image.js';

const processes = ['auth', 'products', 'cart', 'payments', 'orders', 'logger', 'mailer', 'gateway'] as const;
const ports: Readonly<Record<string, number>> = { ...servicePorts, gateway: gatewayPort };

/** What Docker would do with the Dockerfile and docker-compose.yml, done without it: `npm run rehearse`. */
describe('the images', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shop-images-'));
  const volumes = join(folder, 'volumes');
  const node = join(folder, 'node');
  const services = composeServices();
  const images = new Map<string, RehearsedImage>();
  const running = new Map<string, Container>();
  let servers: OwnServers;
  let mailbox: Mailbox;
  let offset: number;
  let began = performance.now();

  beforeAll(async () => {
    chmodSync(folder, 0o711);
    // Ours may be in a home that nobody else may enter.
    copyFileSync(process.execPath, node);
    chmodSync(node, 0o755);
    [servers, mailbox, offset] = await Promise.all([
      ownServers(join(process.cwd(), '.cache'), () => undefined),
      Mailbox.open(),
      freePortOffset(),
    ]);
    began = performance.now();
  });

  afterAll(async () => {
    await Promise.all([...running.values()].map((container) => container.stop()));
    await Promise.allSettled([servers?.stop(), mailbox?.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }, 300_000);

  const seconds = () => ((performance.now() - began) / 1_000).toFixed(1);
  const service = (name: string): ComposeService => services[name] ?? {};
  const imageOf = (name: string) => images.get(service(name).build?.target ?? '') as RehearsedImage;

  /** As compose would: its image, its words and settings, its volumes; only that all of them share one machine's ports. */
  function start(name: string, others: Readonly<Record<string, string>> = {}): Container {
    const settings = Object.entries(environmentOf(service(name), {})).map(([key, value]) => [
      key,
      onThisMachine(value),
    ]);
    const mounts = Object.fromEntries(
      [
        ['/run/secrets', volumeAt(service(name), '/run/secrets')] as const,
        ['/var/log/shop', volumeAt(service(name), '/var/log/shop')] as const,
      ]
        .filter(([, volume]) => volume !== undefined)
        .map(([place, volume]) => [
          place,
          volume === 'log' ? join(imageOf(name).root, place) : join(volumes, volume?.replace(/^secrets-/, '') ?? ''),
        ]),
    );
    const environment = { ...Object.fromEntries(settings), ...others };
    return new Container({ image: imageOf(name), command: service(name).command, environment, mounts, node });
  }

  function onThisMachine(text: string): string {
    return (
      text
        .replace(/\bsmtp:\/\/mailhog:1025/g, mailbox.url)
        .replace(/@postgres:5432/g, `@${new URL(servers.postgresql.url).host}`)
        // Nobody takes traces here.
        .replace(/\/\/jaeger:4318/g, '//127.0.0.1:9')
        .replace(/\/\/([a-z]+):(\d+)/g, (all, name: string, port: string) =>
          ports[name] === Number(port) ? `//127.0.0.1:${Number(port) + offset}` : all,
        )
    );
  }

  it(
    'are built by the steps of the Dockerfile, and have nothing in them that their user may write',
    async () => {
      const rehearsal = new Rehearsal(process.cwd(), folder);
      for (const target of rehearsal.targets) images.set(target, await rehearsal.build(target));
      expect([...images.keys()].toSorted()).toEqual([...processes, 'preparation'].toSorted());
      report(`Built, by the steps of the Dockerfile, in ${seconds()} s. What goes into each image beside Node:`);
      for (const [name, { root, workdir, user }] of images) {
        const app = join(root, workdir);
        const { bytes, files } = sizeOf(app);
        report(`  ${name.padEnd(12)} ${(bytes / 1e6).toFixed(1).padStart(5)} MB in ${String(files).padStart(4)} files`);
        expect(user).toBe('node');
        for (const path of ['', ...readdirSync(app, { recursive: true, encoding: 'utf8' })]) {
          const { mode, uid } = statSync(join(app, path));
          expect([path, mode & 0o022]).toEqual([path, 0]);
          if (containerUser) expect([path, uid]).not.toEqual([path, containerUser.uid]);
        }
      }
    },
    30 * 60_000,
  );

  it('make secrets, each container its own, and databases that one service each can use', async () => {
    const secrets = new Container({
      image: imageOf('secrets'),
      environment: { SECRETS_FOLDER: join(imageOf('secrets').root, 'secrets') },
      ...{ mounts: {}, node },
    });
    // It has none of its own, which Node says.
    const output = expect.stringMatching(/^(?:.*shop\.env not found.*\n)?$/);
    expect([await secrets.end(), secrets.output]).toEqual([0, output]);
    const made = join(imageOf('secrets').root, 'secrets');
    for (const name of [...processes, 'databases', 'postgres', 'rabbitmq', 'redis'])
      for (const file of readdirSync(join(made, name)))
        writeFileSync(join(made, name, file), onThisMachine(readFileSync(join(made, name, file), 'utf8')));
    cpSync(made, volumes, { recursive: true, preserveTimestamps: true });

    const databases = start('databases', { DATABASE_URL: servers.postgresql.url });
    expect([await databases.end(), databases.output]).toEqual([0, expect.stringContaining('orders: has its database')]);
    const own = new URL(settingsOf('orders')['DATABASE_URL'] ?? '');
    expect(await answer(own.href)).toBe('orders');
    own.pathname = '/payments';
    await expect(answer(own.href)).rejects.toThrow(/permission denied for database/);
  });

  it('are healthy, and an order is paid for, by way of the gateway', async () => {
    const backing = { RABBITMQ_URL: servers.rabbitmq.url, REDIS_URL: servers.redis.url, HOST: '127.0.0.1' };
    for (const name of processes) {
      expect(imageOf(name).settings['NODE_ENV']).toBe('production');
      const own = { PORT: String((ports[name] ?? 0) + offset), GRPC_PORT: String(loggerGrpcPort + offset) };
      running.set(name, start(name, { ...backing, ...own }));
    }
    for (const [name, container] of running)
      await eventually(
        async () => {
          if (!container.running) throw new Error(`${name} has ended: ${container.output}`);
          if (!(await container.isHealthy())) throw new Error(`${name} is not healthy: ${container.output}`);
        },
        { timeoutMs: 120_000, everyMs: 200 },
      );
    report(`All healthy, by their HEALTHCHECK, after ${seconds()} s.`);
    const admin = { email: 'admin@shop.example', password: settingsOf('auth')['ADMIN_PASSWORD'] ?? '' };
    const lines: string[] = [];
    await playThreeOrders({
      gateway: `http://127.0.0.1:${gatewayPort + offset}`,
      admin,
      say: (line) => lines.push(line),
    });
    expect(lines.join('\n')).toMatch(/PAID/);
    expect(mailbox.mails.length).toBeGreaterThan(0);
    report(`An order was paid for, one found nothing in stock, one was declined, after ${seconds()} s.`);
  }, 300_000);

  it('run as another user, write the log where its volume is, and end in order', async () => {
    for (const [name, { pid }] of running) {
      const uid = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      expect([name, Number(uid)]).toEqual([name, containerUser?.uid ?? process.getuid?.()]);
    }
    expect(readFileSync(join(imageOf('logger').root, 'var/log/shop/shop.log'), 'utf8')).toContain('order paid');
    const ends = await Promise.all(
      [...running].map(async ([name, container]) => [name, await container.stop(), container.output]),
    );
    expect(ends).toEqual(processes.map((name) => [name, 0, expect.not.stringMatching(/"level":"(?:error|fatal)"/)]));
    running.clear();
    report(`All ended in order after ${seconds()} s.`);
  });

  function settingsOf(name: string) {
    return parseEnv(readFileSync(join(volumes, name, 'shop.env'), 'utf8'));
  }
});

/** The user that a database knows us as. */
async function answer(url: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return (await client.query<{ name: string }>('select current_user as name')).rows[0]?.name;
  } finally {
    await client.end().catch(() => undefined);
  }
}
