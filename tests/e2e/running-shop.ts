import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { serviceNames, servicePorts } from '@shop/shared/backing/roster';
import { freePortOffset } from './free-port-offset.js';
import { testBroker } from '../support/test-broker.js';
import { required } from '../support/test-environment.js';
import { testRedis } from '../support/test-redis.js';

/** How the shop under test runs: all in one process, on stand-ins or on real servers, or each service a process on these. */
export type Mode = 'embedded' | 'one process' | 'processes';

/** Where a shop runs: on servers, at ports. Whatever isn't given is found, or made, for it alone. */
export interface Place {
  readonly databaseUrl?: string;
  /** A virtual host of its own. */
  readonly brokerUrl?: string;
  readonly redisUrl?: string;
  readonly portOffset?: number;
}

export const admin = { email: 'admin@shop.example', password: 'a password for tests alone' };

/** Eight processes, on a machine that may have two processors and other shops to start. */
const START_WITHIN_MS = 150_000;

/** The whole shop as `npm start` runs it, on ports, databases, a vhost and a namespace of its own. */
export class RunningShop {
  private output = '';

  private constructor(
    private readonly launcher: ChildProcess,
    readonly gateway: string,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly cleanUp: () => Promise<void>,
  ) {
    launcher.stdout?.on('data', (chunk) => (this.output += chunk));
    launcher.stderr?.on('data', (chunk) => (this.output += chunk));
  }

  static async start(
    mode: Mode,
    settings: Readonly<Record<string, string>> = {},
    { databaseUrl = required('DATABASE_URL'), brokerUrl, redisUrl, portOffset }: Place = {},
  ): Promise<RunningShop> {
    const offset = portOffset ?? (await freePortOffset());
    const dataFolder = mkdtempSync(join(tmpdir(), 'shop-e2e-'));
    const prefix = `e2e_${offset}_`;
    const onServers = mode !== 'embedded';
    const ownBroker = onServers && brokerUrl === undefined ? await testBroker() : undefined;
    const environment = {
      ...settings,
      ...inherited(),
      PORT_OFFSET: String(offset),
      DATA_DIR: dataFolder,
      DATABASE_URL: databaseUrl,
      DATABASE_PREFIX: prefix,
      ADMIN_EMAIL: admin.email,
      ADMIN_PASSWORD: admin.password,
      ...(mode === 'one process' && { PROCESSES: 'one' }),
      ...(onServers && {
        RABBITMQ_URL: brokerUrl ?? ownBroker?.url ?? '',
        ...(redisUrl === undefined ? ownRedis() : { REDIS_URL: redisUrl }),
      }),
    };
    const launcher = spawn(process.execPath, ['scripts/run.mjs', 'start'], {
      env: environment,
      // By the end of the channel it notices that nobody is left who would stop it.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const shop = new RunningShop(launcher, `http://127.0.0.1:${4000 + offset}`, environment, async () => {
      await dropDatabases(databaseUrl, prefix);
      await ownBroker?.drop();
      rmSync(dataFolder, { recursive: true, force: true });
    });
    await shop.untilReady();
    return shop;
  }

  /** Where one service listens, for what must not, or need not, go through the gateway. */
  service(port: number): string {
    return `http://127.0.0.1:${port + Number(this.environment['PORT_OFFSET'])}`;
  }

  /** A service's own database. */
  database(service: string): string {
    const url = new URL(this.environment['DATABASE_URL'] ?? '');
    url.pathname = `/${this.environment['DATABASE_PREFIX']}${service}`;
    return url.href;
  }

  /** What the launcher and the services have said. */
  get said(): string {
    return this.output;
  }

  /** The RabbitMQ of the services; undefined when they use the embedded bus. */
  get brokerUrl(): string | undefined {
    return this.environment['RABBITMQ_URL'];
  }

  /** The launcher's process: where the shop is one process, all of it. */
  get pid(): number {
    return this.launcher.pid ?? 0;
  }

  /** Kills the process of a service, as a crash would. The launcher starts another. */
  kill(service: string): void {
    this.signal(service, 'SIGKILL');
  }

  /** Stops a service's process in the middle of whatever it does: it is there, and answers nothing, until it thaws. */
  freeze(service: string): void {
    this.signal(service, 'SIGSTOP');
  }

  thaw(service: string): void {
    this.signal(service, 'SIGCONT');
  }

  /** Asks a service to stop in order. The launcher starts another. */
  terminate(service: string): void {
    this.signal(service, 'SIGTERM');
  }

  /** The process of a service, or of the gateway; undefined while there is none. */
  pidOf(service: string): number | undefined {
    const { stdout } = spawnSync('pgrep', ['-P', String(this.launcher.pid), '-f', `processes/${service}.js`]);
    return Number(stdout.toString().trim()) || undefined;
  }

  private signal(service: string, signal: NodeJS.Signals): void {
    const pid = this.pidOf(service);
    if (pid === undefined) throw new Error(`${service} does not run`);
    process.kill(pid, signal);
  }

  async stop(): Promise<void> {
    if (this.launcher.exitCode === null) {
      const exited = new Promise((resolve) => this.launcher.once('exit', resolve));
      this.launcher.kill('SIGTERM');
      await exited;
    }
    await this.cleanUp();
  }

  /** Of each service, and of the gateway: a start that came to nothing tells on what it waited. */
  private async readiness(): Promise<string[]> {
    const addresses = {
      ...Object.fromEntries(serviceNames.map((name) => [name, this.service(servicePorts[name])])),
      gateway: this.gateway,
    };
    return Promise.all(
      Object.entries(addresses).map(async ([name, address]) => `${name}: ${await readinessAt(address)}`),
    );
  }

  private async untilReady(): Promise<void> {
    const deadline = Date.now() + START_WITHIN_MS;
    for (;;) {
      const answer = await fetch(`${this.gateway}/readyz`).catch(() => undefined);
      if (answer?.status === 200) return;
      if (this.launcher.exitCode !== null || Date.now() > deadline) {
        const states = await this.readiness();
        await this.stop();
        throw new Error(`the shop did not start:\n${this.output}\n${states.join('\n')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** What the process at `address` says of its readiness, or why it says nothing. */
async function readinessAt(address: string): Promise<string> {
  try {
    const answer = await fetch(`${address}/readyz`, { signal: AbortSignal.timeout(2_000) });
    return `${answer.status} ${await answer.text()}`;
  } catch (error) {
    return String(error instanceof Error ? (error.cause ?? error) : error);
  }
}

function inherited(): Record<string, string> {
  return Object.fromEntries(
    ['PATH', 'HOME', 'TMPDIR'].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
}

function ownRedis(): Record<string, string> {
  const { url, namespace } = testRedis();
  return { REDIS_URL: url, REDIS_NAMESPACE: namespace };
}

/** Drops every database whose name begins so. */
export async function dropDatabases(serverUrl: string, prefix: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  const { rows } = await client.query<{ datname: string }>(
    'select datname from pg_database where starts_with(datname, $1)',
    [prefix],
  );
  for (const { datname } of rows)
    await client.query(`drop database if exists ${client.escapeIdentifier(datname)} with (force)`);
  await client.end();
}
