import { setTimeout as pause } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { signServiceToken } from '@shop/shared/auth/service-identity';
import { createBacking } from '@shop/shared/backing/create-backing';
import { DeliveryHousekeeping } from '@shop/shared/delivery/housekeeping';
import type { Component, System } from '@shop/shared/lifecycle/system';
import { createSystem as createCart } from '@shop/cart/system';
import { createSystem as createOrders } from '@shop/orders/system';
import { createSystem as createPayments } from '@shop/payments/system';
import { PaymentReconciler } from '@shop/payments/use-cases/reconcile-payments';
import { createSystem as createProducts } from '@shop/products/system';
import { type CartAnswer, CartGate } from './cart-gate.js';
import { Contents, NOW } from './contents.js';
import { CrashPoints } from './crash-points.js';
import { ExploredBus } from './explored-bus.js';
import { HeldProvider } from './held-provider.js';
import { SweepGate } from './sweep-gate.js';
import { freePort } from '../support/free-port.js';
import { TestAuth } from '../support/test-auth.js';
import { testDatabase } from '../support/test-database.js';
import { testSettings } from '../support/test-environment.js';

export const services = ['products', 'payments', 'cart', 'orders'] as const;
export type Service = (typeof services)[number];

/** Who buys. */
export const userId = 1;
const IDEMPOTENCY_KEY = 'the one wish';
const SECRET = 'a-secret-between-orders-and-cart';
const DAY_MS = 86_400_000;
const PUBLISHED_WITHIN_MS = 10_000;

/**
 * The four services of an order, as their system.ts wires them, each on a database of its own, in one process. Whatever
 * they would do by themselves, hear, or ask each other waits here until somebody wants it to happen.
 */
export class Laboratory {
  private constructor(
    readonly databaseUrl: string,
    readonly contents: Readonly<Record<Service, Contents>>,
    readonly buses: Readonly<Record<Service, ExploredBus>>,
    readonly provider: HeldProvider,
    readonly gate: CartGate,
    readonly crashes: CrashPoints,
    private readonly sweeper: SweepGate,
    private readonly urls: Readonly<Record<Service, string>>,
    private readonly auth: TestAuth,
    private readonly closers: readonly (() => Promise<unknown>)[],
  ) {}

  /** Clock, crashes and provider come in from outside: nothing in the services knows of them. */
  static async open(): Promise<Laboratory> {
    const [auth, gate] = await Promise.all([TestAuth.start(), CartGate.open()]);
    const databases = await perService(() => testDatabase());
    const ports = await perService(() => freePort());
    const urls = mapped((service) => `http://127.0.0.1:${ports[service]}`);
    const buses = mapped(() => new ExploredBus());
    const crashes = new CrashPoints();
    const idlers = [DeliveryHousekeeping, PaymentReconciler].map((idler) => asleep(idler.prototype));
    const sweeper = new SweepGate(new Date(NOW), new Date(new Date(NOW).getTime() + DAY_MS));
    const environment = mapped((service) => ({
      ...{ PORT: String(ports[service]), DATABASE_URL: databases[service].url, ...testSettings },
      ...{ BUS_DATABASE_URL: databases[service].url, AUTH_JWKS_URL: auth.jwksUrl, ORDERS_IDENTITY_SECRET: SECRET },
      ...{ CART_URL: gate.url, PRODUCTS_URL: urls.products, SWEEP_INTERVAL_MS: '10', CART_TIMEOUT_MS: '60000' },
      ...{ PAYMENT_RETRY_S: '3600', PAYMENT_TIMEOUT_MS: '600000', DATABASE_POOL: '4' },
    }));
    const backing = (service: Service) => ({
      ...createBacking(environment[service], service),
      bus: buses[service],
    });
    let provider: HeldProvider | undefined;
    const systems: System[] = [
      createProducts(environment.products, backing('products')),
      createPayments(environment.payments, backing('payments'), (real) => (provider = new HeldProvider(real))),
      createCart(environment.cart, backing('cart')),
      createOrders(environment.orders, backing('orders'), sweeper.clock),
    ];
    if (!provider) throw new Error('payments asked for no provider');
    await Promise.all(systems.map((system) => system.start()));
    const contents = await perService((service) => Contents.of(databases[service].url));
    return new Laboratory(databases.orders.url, contents, buses, provider, gate, crashes, sweeper, urls, auth, [
      ...systems.map((system) => () => system.stop()),
      ...services.map((service) => () => contents[service].close()),
      async () => [crashes, sweeper, ...idlers].map((double) => double.restore()),
      () => gate.close(),
      () => auth.stop(),
      ...services.map((service) => () => databases[service].drop()),
    ]);
  }

  async close(): Promise<void> {
    for (const close of this.closers) await close();
  }

  /** The customer orders what is in the cart; always the same wish, so that asking again goes on with it. */
  placeOrder(): Promise<number> {
    return this.statusOf('orders', 'POST', '/orders', {}, { 'idempotency-key': IDEMPOTENCY_KEY });
  }

  cancelOrder(uuid: string): Promise<number> {
    return this.statusOf('orders', 'PUT', `/orders/${uuid}/status`, { status: 'Cancelled' });
  }

  addToCart(product: number, quantity: number): Promise<number> {
    return this.statusOf('cart', 'POST', '/cart', { product_id: product, quantity });
  }

  createProducts(drafts: readonly object[]): Promise<number> {
    return this.statusOf('products', 'POST', '/products', drafts, this.admin());
  }

  setStock(id: number, stock: number): Promise<number> {
    return this.statusOf('products', 'PUT', `/products/${id}`, { stock }, this.admin());
  }

  deleteProduct(id: number): Promise<number> {
    return this.statusOf('products', 'DELETE', `/products/${id}`, undefined, this.admin());
  }

  /** Asks cart for a checkout, as orders does. */
  async checkout(uuid: string): Promise<CartAnswer> {
    const identity = { secret: SECRET, issuer: 'orders', audience: 'cart' };
    const headers = { authorization: `Bearer ${signServiceToken(identity)}`, 'x-user-authorization': this.customer() };
    const response = await this.send('cart', 'POST', '/cart/checkout', { order_uuid: uuid, user_id: userId }, headers);
    return { status: response.status, body: await response.text() };
  }

  /** Orders ends what has been open for too long. */
  async sweep(): Promise<void> {
    this.buses.orders.connect(true);
    await this.sweeper.sweep();
  }

  /** Lets a service's relays publish all that there is. */
  async relay(service: Service): Promise<void> {
    const [bus, content] = [this.buses[service], this.contents[service]];
    const deadline = Date.now() + PUBLISHED_WITHIN_MS;
    while (!(await content.isDrained())) {
      if (Date.now() > deadline) throw new Error(`${service} does not publish what is in its outbox`);
      bus.connect(true);
      await pause(1);
    }
    bus.connect(false);
  }

  private customer() {
    return `Bearer ${this.auth.token({ userId, expiresInSeconds: 7_200 })}`;
  }

  private admin() {
    return { authorization: `Bearer ${this.auth.token({ userId: 999, role: 'ADMIN', expiresInSeconds: 7_200 })}` };
  }

  private async statusOf(
    service: Service,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<number> {
    const response = await this.send(service, method, path, body, headers);
    await response.text();
    return response.status;
  }

  private send(service: Service, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    return fetch(`${this.urls[service]}${path}`, {
      method,
      headers: {
        authorization: this.customer(),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }
}

/** What looks around by itself, at any moment, does not begin. */
function asleep(component: Component): { restore(): void } {
  const spy = jest.spyOn(component, 'start').mockResolvedValue();
  return { restore: () => spy.mockRestore() };
}

/** Something of each service. */
function mapped<Value>(make: (service: Service) => Value): Record<Service, Value> {
  return Object.fromEntries(services.map((service) => [service, make(service)])) as Record<Service, Value>;
}

async function perService<Value>(make: (service: Service) => Promise<Value>): Promise<Record<Service, Value>> {
  const values = await Promise.all(services.map(make));
  return Object.fromEntries(services.map((service, index) => [service, values[index]])) as Record<Service, Value>;
}
