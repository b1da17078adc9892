import { type AddressInfo, createServer } from 'node:net';
import pg from 'pg';
import { MessageProbe } from '../../../../tests/support/message-probe.js';
import { graphqlRequest } from '../../../../tests/support/graphql-client.js';
import { TestAuth } from '../../../../tests/support/test-auth.js';
import { testBroker } from '../../../../tests/support/test-broker.js';
import { testDatabase } from '../../../../tests/support/test-database.js';
import { testSettings } from '../../../../tests/support/test-environment.js';
import { testRedis } from '../../../../tests/support/test-redis.js';
import type { System } from '@shop/shared/lifecycle/system';
import { CartStandIn } from './cart-stand-in.js';
import type { Clock } from '../../src/clock.js';
import { createSystem } from '../../src/system.js';

const SECRET = 'a-secret-for-tests-of-orders';
export const TEA = { product_id: 1, name: 'Tea', quantity: 2, price: 100 };
export const CUP = { product_id: 2, name: 'Cup', quantity: 1, price: 50 };

type TestBroker = Pick<Awaited<ReturnType<typeof testBroker>>, 'url' | 'drop'>;

export interface OrdersProcess {
  readonly system: System;
  readonly url: string;
}

/** The orders service among real servers, a cart that stands in, and a probe on everything it says. */
export class OrdersWorld {
  private readonly started: System[] = [];
  private nextUser = 1;

  private constructor(
    readonly database: Awaited<ReturnType<typeof testDatabase>>,
    readonly broker: TestBroker,
    readonly redis: ReturnType<typeof testRedis>,
    readonly auth: TestAuth,
    readonly cart: CartStandIn,
    readonly probe: MessageProbe,
    private readonly sqlPool: pg.Pool,
  ) {}

  /** On a vhost of its own, unless told where. */
  static async open(opening: Promise<TestBroker> = testBroker()): Promise<OrdersWorld> {
    const [database, broker] = await Promise.all([testDatabase(), opening]);
    const [auth, cart] = await Promise.all([TestAuth.start(), CartStandIn.start(SECRET)]);
    const probe = await MessageProbe.open(broker.url);
    const sqlPool = new pg.Pool({ connectionString: database.url, max: 3 });
    sqlPool.on('error', () => undefined);
    return new OrdersWorld(database, broker, testRedis(), auth, cart, probe, sqlPool);
  }

  /** Starts a process of the service on a port of its own. */
  async start(variables: Record<string, string> = {}, clock?: Clock): Promise<OrdersProcess> {
    const port = await freePort();
    const environment = {
      PORT: String(port),
      DATABASE_URL: this.database.url,
      RABBITMQ_URL: this.broker.url,
      REDIS_URL: this.redis.url,
      REDIS_NAMESPACE: this.redis.namespace,
      AUTH_JWKS_URL: this.auth.jwksUrl,
      CART_URL: this.cart.url,
      CART_TIMEOUT_MS: '3000',
      ORDERS_IDENTITY_SECRET: SECRET,
      SWEEP_INTERVAL_MS: '25',
      ...testSettings,
      ...variables,
    };
    const system = createSystem(environment, undefined, clock);
    await system.start();
    this.started.push(system);
    return { system, url: `http://127.0.0.1:${port}` };
  }

  async stop(process: OrdersProcess): Promise<void> {
    this.started.splice(this.started.indexOf(process.system), 1);
    await process.system.stop();
  }

  async close(): Promise<void> {
    await Promise.all(this.started.map((system) => system.stop()));
    await Promise.all([this.cart.stop(), this.auth.stop(), this.probe.close(), this.sqlPool.end()]);
    await Promise.all([this.database.drop(), this.broker.drop()]);
  }

  /** Somebody new, whose cart holds tea and a cup. */
  aBuyer(lines = [TEA, CUP]): { userId: number; token: string } {
    const userId = this.nextUser++;
    this.cart.fill(userId, ...lines);
    return { userId, token: this.auth.token({ userId }) };
  }

  adminToken(): string {
    return this.auth.token({ userId: 999_999, role: 'ADMIN' });
  }

  /** Places an order through the GraphQL door; its uuid. */
  async place({ url }: OrdersProcess, token: string): Promise<{ id: string; uuid: string }> {
    const { data, errors } = await graphqlRequest<{ placeOrder: { id: string; uuid: string } }>(
      `${url}/graphql`,
      'mutation { placeOrder { id uuid } }',
      {},
      token,
    );
    if (!data) throw new Error(JSON.stringify(errors));
    return data.placeOrder;
  }

  /** Says what products and payments say. */
  say = {
    reserved: (uuid: string, properties = {}) =>
      this.probe.publish('order_exchange', 'stock.reserved', { order_uuid: uuid }, properties),
    short: (uuid: string) =>
      this.probe.publish('order_exchange', 'stock.failed', {
        order_uuid: uuid,
        reason: 'out of stock',
        shortages: [{ product_id: 1, requested: 2, available: 1 }],
      }),
    paid: (uuid: string, { amount = 250, currency = 'VND' } = {}, properties = {}) =>
      this.probe.publish(
        'order_exchange',
        'order.paid',
        {
          ...{ correlation_id: uuid, order_uuid: uuid, payment_id: 1, amount, currency, status: 'succeeded' },
          timestamp: new Date().toISOString(),
        },
        properties,
      ),
    declined: (uuid: string) =>
      this.probe.publish('order_exchange', 'payment.failed', {
        ...{ correlation_id: uuid, order_uuid: uuid, reason: 'declined', status: 'failed' },
        timestamp: new Date().toISOString(),
      }),
    refunded: (uuid: string) =>
      this.probe.publish('order_exchange', 'payment.refunded', {
        ...{ order_uuid: uuid, user_id: 1, email: 'a@example.com', payment_id: 1, amount: 250, currency: 'VND' },
      }),
  };

  async sql<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.sqlPool.query<Row>(text, values)).rows;
  }

  /** An order's status, straight from its row. */
  async statusOf(uuid: string): Promise<{ status: string; reason: string | null; version: number } | undefined> {
    const [row] = await this.sql<{ status: string; reason: string | null; version: number }>(
      'select status, reason, version from orders where uuid = $1',
      [uuid],
    );
    return row;
  }

  async timelineOf(uuid: string): Promise<string[]> {
    const rows = await this.sql<{ type: string }>(
      'select e.type from order_events e join orders o on o.id = e.order_id where o.uuid = $1 order by e.position',
      [uuid],
    );
    return rows.map(({ type }) => type);
  }

  /** So many orders of a user as if they had been placed long ago, each of two items; their uuids, oldest first. */
  async keep(userId: number, count: number): Promise<string[]> {
    const rows = await this.sql<{ uuid: string }>(
      `with placed as (
         insert into orders (uuid, user_id, email, status, total, currency, version, timeline_length, created_at, updated_at)
         select gen_random_uuid(), $1, 'a@example.com', 'Pending', 250, 'VND', 1, 1, now(), now()
         from generate_series(1, $2) returning *),
       items as (
         insert into order_items (order_id, product_id, name, quantity, price)
         select placed.id, item.product_id, item.name, item.quantity, item.price
         from placed, (values (1, 'Tea', 2, 100), (2, 'Cup', 1, 50)) as item(product_id, name, quantity, price)),
       history as (
         insert into order_history (order_id, version, user_id, status, timeline_length, updated_at)
         select id, version, user_id, status, timeline_length, updated_at from placed),
       said as (
         insert into order_events (order_id, position, type, at) select id, 1, 'order.requested', now() from placed)
       select uuid from placed order by id`,
      [userId, count],
    );
    return rows.map(({ uuid }) => uuid);
  }

  /** What the service said about an order under a routing key. */
  said(key: string, uuid: string) {
    return this.probe.messages(key).filter(({ body }) => body['order_uuid'] === uuid);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
