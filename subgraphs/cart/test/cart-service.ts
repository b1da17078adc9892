import { randomUUID } from 'node:crypto';
import { signServiceToken } from '@shop/shared/auth/service-identity';
import { createSystem } from '@shop/cart/system';
import pg from 'pg';
import type { AProduct } from './a-product.js';
import { ProductsService } from './products-service.js';
import { eventually } from '../../../tests/support/eventually.js';
import { freePort } from '../../../tests/support/free-port.js';
import { type GraphqlAnswer, graphqlRequest } from '../../../tests/support/graphql-client.js';
import { MessageProbe } from '../../../tests/support/message-probe.js';
import { TestAuth } from '../../../tests/support/test-auth.js';
import { testBroker } from '../../../tests/support/test-broker.js';
import { testDatabase } from '../../../tests/support/test-database.js';
import { testSettings } from '../../../tests/support/test-environment.js';
import { testRedis } from '../../../tests/support/test-redis.js';

export const ordersSecret = 'a-secret-of-orders-and-cart';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What a checkout answers of each product. */
export interface Taken {
  readonly product_id: number;
  readonly name: string;
  readonly quantity: number;
  readonly price: number;
}

interface Held {
  readonly id: number;
  readonly product_id: number;
  readonly quantity: number;
  readonly price: number;
  readonly subtotal: number;
}

type Properties = Parameters<MessageProbe['publish']>[3];

let lastUser = 100;

/** The cart service with a database, a broker and a products service of its own, and the ways in. */
export class CartService {
  private constructor(
    readonly url: string,
    readonly auth: TestAuth,
    readonly probe: MessageProbe,
    readonly products: ProductsService,
    readonly sql: pg.Pool,
    private readonly release: () => Promise<void>,
  ) {}

  static async start(): Promise<CartService> {
    const [database, broker, auth, products, port] = await Promise.all([
      testDatabase(),
      testBroker(),
      TestAuth.start(),
      ProductsService.start(),
      freePort(),
    ]);
    const redis = testRedis();
    const system = createSystem({
      PORT: String(port),
      DATABASE_URL: database.url,
      DATABASE_POOL: '20',
      RABBITMQ_URL: broker.url,
      REDIS_URL: redis.url,
      REDIS_NAMESPACE: redis.namespace,
      AUTH_JWKS_URL: auth.jwksUrl,
      PRODUCTS_URL: products.url,
      ORDERS_IDENTITY_SECRET: ordersSecret,
      ...testSettings,
    });
    const sql = new pg.Pool({ connectionString: database.url, max: 2 });
    sql.on('error', () => undefined);
    const probe = await MessageProbe.open(broker.url);
    await system.start();
    return new CartService(`http://127.0.0.1:${port}`, auth, probe, products, sql, async () => {
      await system.stop();
      await probe.close();
      await sql.end();
      await Promise.all([products.stop(), auth.stop(), database.drop(), broker.drop()]);
    });
  }

  stop(): Promise<void> {
    return this.release();
  }

  /** A user whom no other test knows. */
  newUser(): number {
    lastUser += 1;
    return lastUser;
  }

  async rest(
    method: string,
    path: string,
    token?: string,
    body?: unknown,
    more: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...more,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : undefined };
  }

  graphql<Data = Record<string, Record<string, unknown>>>(
    query: string,
    variables: Record<string, unknown>,
    token?: string,
  ): Promise<GraphqlAnswer<Data>> {
    return graphqlRequest<Data>(`${this.url}/graphql`, query, variables, token);
  }

  token(userId: number): string {
    return this.auth.token({ userId });
  }

  add(userId: number, product: { id: number }, quantity = 1): Promise<Answer> {
    return this.rest('POST', '/cart', this.token(userId), { product_id: product.id, quantity });
  }

  async held(userId: number): Promise<Held[]> {
    return (await this.rest('GET', '/cart', this.token(userId))).body as Held[];
  }

  /** What a cart holds: product id → quantity. */
  async quantities(userId: number): Promise<Record<number, number>> {
    return Object.fromEntries((await this.held(userId)).map(({ product_id, quantity }) => [product_id, quantity]));
  }

  /** Takes a cart as orders does: with a token of its own, and that of the user. */
  checkout(
    orderUuid: string,
    userId: number,
    token = this.ordersToken(),
    userToken = this.token(userId),
  ): Promise<Answer> {
    const body = { order_uuid: orderUuid, user_id: userId };
    return this.rest('POST', '/cart/checkout', token, body, { 'x-user-authorization': `Bearer ${userToken}` });
  }

  ordersToken(): string {
    return signServiceToken({ secret: ordersSecret, issuer: 'orders', audience: 'cart' });
  }

  announce(what: 'created' | 'updated' | 'deleted', product: AProduct, properties?: Properties): Promise<void> {
    return this.probe.publish('product_exchange', `product.${what}`, product, properties);
  }

  /** Announces products, and waits until the cart knows them. */
  async know(...products: AProduct[]): Promise<void> {
    await Promise.all(products.map((product) => this.announce('created', product)));
    for (const product of products) await eventually(async () => expect(await this.snapshot(product.id)).toBeDefined());
  }

  async snapshot(id: number): Promise<Record<string, unknown> | undefined> {
    const sql = `select name, price::int as price, stock, version::int as version, deleted from product_snapshots where id = $1`;
    return (await this.sql.query<Record<string, unknown>>(sql, [id])).rows[0];
  }

  async checkoutState(orderUuid: string): Promise<string | undefined> {
    const { rows } = await this.sql.query<{ state: string }>('select state from checkouts where order_uuid = $1', [
      orderUuid,
    ]);
    return rows[0]?.state;
  }

  abandon(orderUuid: string, userId: number, properties?: Properties): Promise<void> {
    const body = { order_uuid: orderUuid, user_id: userId };
    return this.probe.publish('order_exchange', 'checkout.abandoned', body, properties);
  }

  /** What orders says when a checkout became an order. */
  requestOrder(orderUuid: string, userId: number, items: readonly Taken[]): Promise<void> {
    return this.probe.publish('order_exchange', 'order.requested', {
      correlation_id: orderUuid,
      order_uuid: orderUuid,
      user_id: userId,
      email: 'somebody@example.com',
      total: items.reduce((total, { price, quantity }) => total + price * quantity, 0),
      currency: 'VND',
      items,
    });
  }
}

/** The items of a checkout's answer. */
export const itemsOf = (answer: Answer): Taken[] => (answer.body as { items: Taken[] }).items;

/** Product id → quantity of what a checkout took. */
export const quantitiesOf = (answer: Answer): Record<number, number> =>
  Object.fromEntries(itemsOf(answer).map(({ product_id, quantity }) => [product_id, quantity]));

/** A message id that is the same at each delivery. */
export const sameMessage = () => ({ messageId: randomUUID() });
