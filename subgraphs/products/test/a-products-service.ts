import { randomUUID } from 'node:crypto';
import type { Backing } from '@shop/shared/backing/ports';
import { createBacking } from '@shop/shared/backing/create-backing';
import type { System } from '@shop/shared/lifecycle/system';
import { createSystem } from '@shop/products/system';
import { eventually } from '../../../tests/support/eventually.js';
import { freePort } from '../../../tests/support/free-port.js';
import { type GraphqlAnswer, graphqlRequest } from '../../../tests/support/graphql-client.js';
import { MessageProbe } from '../../../tests/support/message-probe.js';
import { TestAuth } from '../../../tests/support/test-auth.js';
import { testBroker } from '../../../tests/support/test-broker.js';
import { testDatabase } from '../../../tests/support/test-database.js';
import { testSettings } from '../../../tests/support/test-environment.js';
import { testRedis } from '../../../tests/support/test-redis.js';

export interface Product {
  readonly id: number;
  readonly name: string;
  readonly price: number;
  readonly stock: number;
  readonly version: number;
}

type Settings = Readonly<Record<string, string>>;
type Items = readonly (readonly [productId: number, quantity: number])[];

/** What the service stands on, and a view of everything that it says. */
export class World {
  private constructor(
    readonly environment: Settings,
    readonly probe: MessageProbe,
    readonly auth: TestAuth,
    private readonly release: () => Promise<void>,
  ) {}

  static async open(): Promise<World> {
    const [database, broker, auth] = await Promise.all([testDatabase(), testBroker(), TestAuth.start()]);
    const redis = testRedis();
    const probe = await MessageProbe.open(broker.url);
    const environment = {
      DATABASE_URL: database.url,
      RABBITMQ_URL: broker.url,
      REDIS_URL: redis.url,
      REDIS_NAMESPACE: redis.namespace,
      AUTH_JWKS_URL: auth.jwksUrl,
      ...testSettings,
    };
    return new World(environment, probe, auth, async () => {
      await probe.close();
      await auth.stop();
      await broker.drop();
      await database.drop();
    });
  }

  async close(): Promise<void> {
    await this.release();
  }
}

/** A running products service in a world, and the ways in. */
export class ProductsService {
  private constructor(
    private readonly world: World,
    private readonly system: System,
    readonly url: string,
  ) {}

  static async start(
    world: World,
    settings: Settings = {},
    changed: (backing: Backing) => Backing = (backing) => backing,
  ): Promise<ProductsService> {
    const port = await freePort();
    const environment = { ...world.environment, PORT: String(port), ...settings };
    const system = createSystem(environment, changed(createBacking(environment, 'products')));
    await system.start();
    return new ProductsService(world, system, `http://127.0.0.1:${port}`);
  }

  async stop(): Promise<void> {
    await this.system.stop();
  }

  get adminToken(): string {
    return this.world.auth.token({ userId: 1, role: 'ADMIN' });
  }

  get customerToken(): string {
    return this.world.auth.token({ userId: 2 });
  }

  /** One field's answer, or its error. */
  async field<Value>(query: string, variables: Record<string, unknown> = {}, token = this.adminToken): Promise<Value> {
    const { data, errors } = await this.graphql<Record<string, Value>>(query, variables, token);
    if (errors?.[0]) throw Object.assign(new Error(errors[0].message), errors[0].extensions);
    return Object.values(data ?? {})[0] as Value;
  }

  graphql<Data>(query: string, variables: Record<string, unknown> = {}, token?: string): Promise<GraphqlAnswer<Data>> {
    return graphqlRequest<Data>(`${this.url}/graphql`, query, variables, token);
  }

  /** A REST call as the administrator, unless other headers are given. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = { authorization: `Bearer ${this.adminToken}` },
  ): Promise<{ status: number; body: unknown; headers: Headers }> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : undefined, headers: response.headers };
  }

  async product(fields: { name?: string; price?: number; stock?: number } = {}): Promise<Product> {
    const { body } = await this.call('POST', '/products', { name: 'Trà sen', price: 45_000, stock: 10, ...fields });
    return body as Product;
  }

  async read(id: number): Promise<Product> {
    return (await this.call('GET', `/products/${id}`)).body as Product;
  }

  /** Publishes a request for stock; answers the order's uuid. */
  async request(items: Items, orderUuid: string = randomUUID(), messageId: string = randomUUID()): Promise<string> {
    await this.world.probe.publish('order_exchange', 'order.requested', orderRequested(orderUuid, items), {
      messageId,
    });
    return orderUuid;
  }

  async cancel(orderUuid: string, items: Items, messageId: string = randomUUID()): Promise<void> {
    const { order_uuid, user_id, email, items: lines } = orderRequested(orderUuid, items);
    const body = { order_uuid, user_id, email, items: lines, reason: 'TIMED_OUT' };
    await this.world.probe.publish('order_exchange', 'order.cancelled', body, { messageId });
  }

  /** What was said of an order's stock, once something was. */
  answer(orderUuid: string): Promise<string> {
    return eventually(() => {
      const [first] = this.answers(orderUuid);
      if (!first) throw new Error(`nothing was said of ${orderUuid}`);
      return first;
    });
  }

  answers(orderUuid: string): string[] {
    return this.world.probe
      .messages()
      .filter(({ key, body }) => key.startsWith('stock.') && body['order_uuid'] === orderUuid)
      .map(({ key }) => key);
  }

  /** Resolves when every message published so far was worked on: an order that comes last was answered. */
  async settled(): Promise<void> {
    const { id } = await this.product({ name: 'a marker' });
    for (const marker of [await this.request([[id, 1]]), await this.request([[id, 1]])]) await this.answer(marker);
    const cancelled = await this.request([[id, 1]]);
    await this.answer(cancelled);
    await this.cancel(cancelled, [[id, 1]]);
    await eventually(async () => expect((await this.read(id)).stock).toBe(8));
  }
}

function orderRequested(orderUuid: string, items: Items) {
  const lines = items.map(([product_id, quantity]) => ({ product_id, quantity, name: 'x', price: 1 }));
  return {
    correlation_id: orderUuid,
    order_uuid: orderUuid,
    user_id: 2,
    email: 'an@example.com',
    total: 1,
    currency: 'VND',
    items: lines,
  };
}
