import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { promisify } from 'node:util';
import { createBacking } from '@shop/shared/backing/create-backing';
import type { System } from '@shop/shared/lifecycle/system';
import { createSystem } from '@shop/mailer/system';
import pg from 'pg';
import { type AnOrder, cancellationOf, refundOf } from './an-order.js';
import { eventually } from '../../../tests/support/eventually.js';
import { freePort } from '../../../tests/support/free-port.js';
import { type DeadLetter, MessageProbe } from '../../../tests/support/message-probe.js';
import { TestAuth } from '../../../tests/support/test-auth.js';
import { testBroker } from '../../../tests/support/test-broker.js';
import { testDatabase } from '../../../tests/support/test-database.js';
import { testSettings } from '../../../tests/support/test-environment.js';

type Settings = Readonly<Record<string, string>>;
type Properties = Parameters<MessageProbe['publish']>[3];

interface Row {
  readonly kind: string;
  readonly status: string;
  readonly attempt: number;
  readonly failure_reason: string | null;
}

const root = path.resolve(import.meta.dirname, '../../..');
let built: Promise<unknown> | undefined;

/** The mailer on a database and a broker of its own: what it is told, and what it did. */
export class MailerService {
  private readonly systems: System[] = [];
  private readonly children: ChildProcess[] = [];

  private constructor(
    readonly url: string,
    readonly auth: TestAuth,
    readonly probe: MessageProbe,
    private readonly environment: Settings,
    readonly sql: pg.Pool,
    private readonly releases: readonly (() => Promise<void>)[],
  ) {}

  /** Everything that it stands on, and not yet the mailer itself. */
  static async prepare(settings: Settings = {}): Promise<MailerService> {
    const [database, broker, auth, port] = await Promise.all([
      testDatabase(),
      testBroker(),
      TestAuth.start(),
      freePort(),
    ]);
    const environment = {
      PORT: String(port),
      DATABASE_URL: database.url,
      RABBITMQ_URL: broker.url,
      AUTH_JWKS_URL: auth.jwksUrl,
      ...testSettings,
      ...settings,
    };
    const sql = new pg.Pool({ connectionString: database.url, max: 4 });
    sql.on('error', () => undefined);
    const probe = await MessageProbe.open(broker.url);
    return new MailerService(`http://127.0.0.1:${port}`, auth, probe, environment, sql, [
      () => probe.close(),
      () => sql.end(),
      () => auth.stop(),
      database.drop,
      broker.drop,
    ]);
  }

  static async start(settings: Settings = {}): Promise<MailerService> {
    const service = await MailerService.prepare(settings);
    await service.addSystem(settings);
    return service;
  }

  /** The mailer in this process; one more of it with a port of 0. */
  async addSystem(settings: Settings = {}): Promise<System> {
    const environment = { ...this.environment, ...settings };
    const system = createSystem(environment, createBacking(environment, 'mailer'));
    await system.start();
    this.systems.push(system);
    return system;
  }

  /** One more of it in this process, at an address of its own. */
  async another(settings: Settings): Promise<{ url: string; stop(): Promise<void> }> {
    const port = await freePort();
    const system = await this.addSystem({ ...settings, PORT: String(port) });
    const stop = async () => {
      this.systems.splice(this.systems.indexOf(system), 1);
      await system.stop();
    };
    return { url: `http://127.0.0.1:${port}`, stop };
  }

  get databaseUrl(): string {
    return this.environment['DATABASE_URL'] ?? '';
  }

  get(path: string): Promise<Response> {
    return fetch(`${this.url}${path}`);
  }

  /** The mailer in a process of its own, which can be killed. Resolves when it is ready. */
  async addProcess(): Promise<ChildProcess> {
    await (built ??= promisify(execFile)(process.execPath, ['scripts/run.mjs', 'build'], { cwd: root }));
    const child = spawn(process.execPath, [path.join(root, '.cache/processes/mailer.js')], {
      env: { ...this.environment, NODE_COMPILE_CACHE: path.join(root, '.cache/compiled') },
      stdio: 'ignore',
    });
    this.children.push(child);
    await eventually(async () => expect((await fetch(`${this.url}/readyz`)).status).toBe(200), { timeoutMs: 60_000 });
    return child;
  }

  async stop(): Promise<void> {
    for (const child of this.children) await killed(child);
    await Promise.all(this.systems.map((system) => system.stop()));
    for (const release of this.releases) await release();
  }

  confirm(order: AnOrder, properties?: Properties): Promise<void> {
    return this.probe.publish('order_exchange', 'order.confirmed', order, properties);
  }

  cancel(order: AnOrder, properties?: Properties): Promise<void> {
    return this.probe.publish('order_exchange', 'order.cancelled', cancellationOf(order), properties);
  }

  refund(order: AnOrder, properties?: Properties): Promise<void> {
    return this.probe.publish('order_exchange', 'payment.refunded', refundOf(order), properties);
  }

  /** How far the emails of an order are, oldest first. */
  async rows(order: AnOrder): Promise<Row[]> {
    const sql = 'select kind, status, attempt, failure_reason from emails where order_uuid = $1 order by id';
    return (await this.sql.query<Row>(sql, [order.order_uuid])).rows;
  }

  /** How many messages were handled for good, of all that are known by their ids. */
  async handled(messageIds: readonly string[]): Promise<number> {
    const sql = 'select count(*)::int as count from inbox where message_id = any($1)';
    return (await this.sql.query<{ count: number }>(sql, [messageIds])).rows[0]?.count ?? 0;
  }

  /** Takes the dead letters of one event. */
  deadLetters(key: string): Promise<DeadLetter[]> {
    return this.probe.deadLetters(`mailer:${key}`);
  }
}

/** Ends a process as a crash would. Resolves when it is gone. */
export async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
