import { createBacking } from '@shop/shared/backing/create-backing';
import { InProcess } from '@shop/shared/backing/in-process';
import type { System } from '@shop/shared/lifecycle/system';
import { createSystem } from '@shop/logger/system';
import pg from 'pg';
import { eventually } from '../../../tests/support/eventually.js';
import { freePort } from '../../../tests/support/free-port.js';
import { graphqlRequest } from '../../../tests/support/graphql-client.js';
import { MessageProbe } from '../../../tests/support/message-probe.js';
import { TestAuth } from '../../../tests/support/test-auth.js';
import { testBroker } from '../../../tests/support/test-broker.js';
import { testDatabase } from '../../../tests/support/test-database.js';
import { testSettings } from '../../../tests/support/test-environment.js';

type Settings = Readonly<Record<string, string>>;

/** An entry as the graph shows it. */
export interface ShownEntry {
  readonly id: string;
  readonly timestamp: string;
  readonly level: string;
  readonly service: string;
  readonly message: string;
  readonly traceId: string | null;
  readonly fields: unknown;
}

interface LogsPage {
  readonly edges: readonly { readonly cursor: string; readonly node: ShownEntry }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const LOGS = `query ($first: Int, $after: String, $filter: LogFilter) { logs(first: $first, after: $after, filter: $filter) {
  edges { cursor node { id timestamp level service message traceId fields } } pageInfo { hasNextPage endCursor } } }`;

/** The logger on a database and a broker of its own. */
export class LoggerService {
  private readonly processes: System[] = [];

  private constructor(
    readonly url: string,
    readonly grpcAddress: string,
    readonly auth: TestAuth,
    readonly probe: MessageProbe,
    readonly sql: pg.Pool,
    readonly environment: Settings,
    readonly inProcess: InProcess,
    private readonly releases: readonly (() => Promise<void>)[],
  ) {}

  /** @param sweepMs how often it cleans up */
  static async start(settings: Settings = {}, sweepMs?: number): Promise<LoggerService> {
    const [database, broker, auth, port, grpcPort] = await Promise.all([
      testDatabase(),
      testBroker(),
      TestAuth.start(),
      freePort(),
      freePort(),
    ]);
    const environment = {
      PORT: String(port),
      GRPC_PORT: String(grpcPort),
      DATABASE_URL: database.url,
      RABBITMQ_URL: broker.url,
      AUTH_JWKS_URL: auth.jwksUrl,
      ...testSettings,
      LOG_STDOUT: 'off',
      ...settings,
    };
    const sql = new pg.Pool({ connectionString: database.url, max: 2 });
    sql.on('error', () => undefined);
    const probe = await MessageProbe.open(broker.url);
    const addresses = [`http://127.0.0.1:${port}`, `127.0.0.1:${grpcPort}`] as const;
    const releases = [() => probe.close(), () => sql.end(), () => auth.stop(), database.drop, broker.drop];
    const service = new LoggerService(...addresses, auth, probe, sql, environment, new InProcess(), releases);
    await service.addProcess(environment, sweepMs);
    return service;
  }

  /** One more process of the same service, at ports of its own. */
  async addProcess(settings: Settings = { PORT: '0', GRPC_PORT: '0' }, sweepMs?: number): Promise<System> {
    const environment = { ...this.environment, ...settings };
    const backing = createBacking(environment, 'logger', this.inProcess);
    const system = createSystem(environment, backing, sweepMs);
    await system.start();
    this.processes.push(system);
    return system;
  }

  /** Stops the processes in order; another may be added. */
  async stopProcesses(): Promise<void> {
    await Promise.all(this.processes.splice(0).map((system) => system.stop()));
  }

  async stop(): Promise<void> {
    await this.stopProcesses();
    for (const release of this.releases) await release();
  }

  ingest(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}/ingest`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  publish(entry: unknown, properties?: Parameters<MessageProbe['publish']>[3], key = 'log.info'): Promise<void> {
    return this.probe.publish('logs_exchange', key, entry, properties);
  }

  logsAnswer(variables: Record<string, unknown>, token?: string) {
    return graphqlRequest(`${this.url}/graphql`, LOGS, variables, token);
  }

  /** A page of the log as an administrator sees it. */
  async logs(variables: Record<string, unknown> = {}): Promise<LogsPage> {
    const { data, errors } = await this.logsAnswer(variables, this.admin);
    if (errors) throw new Error(JSON.stringify(errors));
    return data?.['logs'] as unknown as LogsPage;
  }

  async entries(filter: Record<string, unknown> = {}, first = 50): Promise<ShownEntry[]> {
    return (await this.logs({ first, filter })).edges.map(({ node }) => node);
  }

  /** The entries of a service, as soon as there are so many. */
  arrived(service: string, count: number): Promise<ShownEntry[]> {
    return eventually(async () => {
      const entries = await this.entries({ service }, 100);
      expect(entries).toHaveLength(count);
      return entries;
    });
  }

  async count(where = 'true'): Promise<number> {
    const { rows } = await this.sql.query<{ count: number }>(
      `select count(*)::int as count from log_entries where ${where}`,
    );
    return rows[0]?.count ?? 0;
  }

  get admin(): string {
    return this.auth.token({ userId: 1, role: 'ADMIN' });
  }
}

/** A log event as the contract has it. */
export function anEntry(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { level: 'info', service: 'orders', message: 'order placed', time: '2026-01-02T03:04:05.678Z', ...changes };
}
