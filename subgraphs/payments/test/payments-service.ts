import { randomUUID } from 'node:crypto';
import { createBacking } from '@shop/shared/backing/create-backing';
import type { System } from '@shop/shared/lifecycle/system';
import { createSystem, type ProviderWrapping } from '@shop/payments/system';
import pg from 'pg';
import { type AnOrder, cancellationOf } from './an-order.js';
import { freePort } from '../../../tests/support/free-port.js';
import { MessageProbe } from '../../../tests/support/message-probe.js';
import { TestAuth } from '../../../tests/support/test-auth.js';
import { testBroker } from '../../../tests/support/test-broker.js';
import { testDatabase } from '../../../tests/support/test-database.js';
import { testSettings } from '../../../tests/support/test-environment.js';
import { testRedis } from '../../../tests/support/test-redis.js';

type Settings = Readonly<Record<string, string>>;
type Properties = Parameters<MessageProbe['publish']>[3];

interface Row {
  readonly status: string;
  readonly cancelled: boolean;
}

interface Movement {
  readonly kind: 'charge' | 'refund';
  readonly outcome: string;
}

/** The payments service on a database and a broker of its own: what it is told, and what it did. */
export class PaymentsService {
  private readonly processes: System[] = [];

  private constructor(
    readonly url: string,
    readonly auth: TestAuth,
    readonly probe: MessageProbe,
    private readonly environment: Settings,
    private readonly sql: pg.Pool,
    private readonly releases: (() => Promise<void>)[],
  ) {}

  /** @param wrap puts something between the service and its provider */
  static async start(settings: Settings = {}, wrap?: ProviderWrapping): Promise<PaymentsService> {
    const [database, broker, auth, port] = await Promise.all([
      testDatabase(),
      testBroker(),
      TestAuth.start(),
      freePort(),
    ]);
    const redis = testRedis();
    const environment = {
      PORT: String(port),
      DATABASE_URL: database.url,
      RABBITMQ_URL: broker.url,
      REDIS_URL: redis.url,
      REDIS_NAMESPACE: redis.namespace,
      AUTH_JWKS_URL: auth.jwksUrl,
      ...testSettings,
      ...settings,
    };
    const sql = new pg.Pool({ connectionString: database.url, max: 2 });
    sql.on('error', () => undefined);
    const probe = await MessageProbe.open(broker.url);
    const service = new PaymentsService(`http://127.0.0.1:${port}`, auth, probe, environment, sql, [
      () => probe.close(),
      () => sql.end(),
      () => auth.stop(),
      database.drop,
      broker.drop,
    ]);
    await service.addProcess({ PORT: String(port) }, wrap);
    return service;
  }

  /** One more process of the same service. */
  async addProcess(settings: Settings = {}, wrap?: ProviderWrapping): Promise<System> {
    const environment = { ...this.environment, PORT: '0', ...settings };
    const system = createSystem(environment, createBacking(environment, 'payments'), wrap);
    await system.start();
    this.processes.push(system);
    return system;
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.map((system) => system.stop()));
    for (const release of this.releases) await release();
  }

  request(order: AnOrder, properties?: Properties): Promise<void> {
    return this.probe.publish('order_exchange', 'order.requested', order, properties);
  }

  cancel(order: AnOrder, properties?: Properties): Promise<void> {
    return this.probe.publish('order_exchange', 'order.cancelled', cancellationOf(order), properties);
  }

  /** The keys of what payments announced about an order, oldest first. */
  announced(order: AnOrder): string[] {
    const ours = ['order.paid', 'payment.failed', 'payment.refunded'];
    return this.probe
      .messages()
      .filter(({ key, body }) => ours.includes(key) && body['order_uuid'] === order.order_uuid)
      .map(({ key }) => key);
  }

  /** The provider's own ledger of an order, oldest first. */
  async ledger(order: AnOrder): Promise<Movement[]> {
    const sql = 'select kind, outcome from provider_ledger where key like $1 order by created_at';
    return (await this.sql.query<Movement>(sql, [`${order.order_uuid}%`])).rows;
  }

  async row(order: AnOrder): Promise<Row | undefined> {
    const sql = 'select status, cancelled from payments where order_uuid = $1';
    return (await this.sql.query<Row>(sql, [order.order_uuid])).rows[0];
  }

  /** How many messages still wait for this service. */
  async unpublished(): Promise<number> {
    const sql = 'select count(*)::int as count from outbox where published_at is null';
    return (await this.sql.query<{ count: number }>(sql)).rows[0]?.count ?? 0;
  }

  /** Leaves a payment as a process that died would: claimed, and its next attempt due now. */
  async leaveOpen(order: AnOrder, { status = 'PENDING', cancelled = false, charged = false } = {}): Promise<void> {
    const { order_uuid, user_id, email, total, currency } = order;
    if (charged) {
      const ledger = `insert into provider_ledger (key, kind, amount, currency, outcome) values ($1, 'charge', $2, $3, 'charged')`;
      await this.sql.query(ledger, [order_uuid, total, currency]);
    }
    await this.sql.query(
      `insert into payments (order_uuid, status, cancelled, user_id, email, amount, currency, provider, next_attempt_at)
       values ($1, $2, $3, $4, $5, $6, $7, 'simulated', now())`,
      [order_uuid, status, cancelled, user_id, email, total, currency],
    );
  }

  get(path: string, token?: string): Promise<Response> {
    return fetch(`${this.url}${path}`, { headers: token ? { authorization: `Bearer ${token}` } : {} });
  }
}

/** The properties of one message that is delivered several times. */
export const sameMessage = () => ({ messageId: randomUUID() });
