import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

export interface RestProduct {
  readonly id: number;
  readonly name: string;
  readonly price: number;
  readonly stock: number;
}

export interface RestOrder {
  readonly id: number;
  readonly uuid: string;
  readonly status: 'Pending' | 'Paid' | 'Cancelled' | 'Shipped' | 'Delivered';
  readonly total: number;
  readonly cancellation_reason: string | null;
}

export interface RestPayment {
  readonly status: string;
  readonly amount: number;
}

const POLL_EVERY_MS = 15;
const DECIDED_WITHIN_MS = 30_000;

/** An answer that is not what this client came for. */
export class RestRefusal extends Error {
  override readonly name = 'RestRefusal';
  constructor(
    readonly status: number,
    readonly answer: string,
    what: string,
  ) {
    super(`${what} answered ${status} ${answer}`);
  }
}

/** What an existing REST client does, over one address: one person, one token. Any other status is a RestRefusal. */
export class RestShopper {
  private constructor(
    private readonly origin: string,
    readonly token: string,
  ) {}

  static async login(origin: string, login: string, password: string): Promise<RestShopper> {
    const { token } = await call<{ token: string }>(origin, 200, 'POST', '/auth/login', { login, password });
    return new RestShopper(origin, token);
  }

  /** Registers somebody new, and signs in. */
  static async register(origin: string): Promise<RestShopper> {
    const username = `r${randomUUID().replaceAll('-', '').slice(0, 20)}`;
    const password = `${username}-passphrase`;
    await call(origin, 201, 'POST', '/auth/register', { email: `${username}@example.com`, username, password });
    return RestShopper.login(origin, username, password);
  }

  products = () => this.call<RestProduct[]>(200, 'GET', '/products?limit=500');
  product = (id: number) => this.call<RestProduct>(200, 'GET', `/products/${id}`);
  createProduct = (draft: Omit<RestProduct, 'id'>) => this.call<RestProduct>(201, 'POST', '/products', draft);
  cart = () => this.call<{ id: number; product_id: number }[]>(200, 'GET', '/cart');
  addToCart = (productId: number, quantity = 1) =>
    this.call<{ id: number }>(201, 'POST', '/cart', { product_id: productId, quantity });
  placeOrder = () => this.call<RestOrder>(201, 'POST', '/orders', {});
  orders = () => this.call<RestOrder[]>(200, 'GET', '/orders');
  order = (reference: string | number) => this.call<RestOrder>(200, 'GET', `/orders/${reference}`);
  payment = (orderUuid: string) => this.call<RestPayment>(200, 'GET', `/payments/${orderUuid}`);

  /** Asks until the order is Paid or Cancelled. Throws when it stays Pending. */
  async decided(uuid: string): Promise<RestOrder> {
    const deadline = performance.now() + DECIDED_WITHIN_MS;
    for (;;) {
      const order = await this.order(uuid);
      if (order.status !== 'Pending') return order;
      if (performance.now() > deadline) throw new Error(`order ${uuid} is still Pending`);
      await pause(POLL_EVERY_MS);
    }
  }

  private call<Answer>(status: number, method: string, path: string, body?: unknown): Promise<Answer> {
    return call<Answer>(this.origin, status, method, path, body, this.token);
  }
}

async function call<Answer>(
  origin: string,
  status: number,
  method: string,
  path: string,
  body?: unknown,
  token?: string,
): Promise<Answer> {
  const response = await fetch(origin + path, {
    method,
    signal: AbortSignal.timeout(30_000),
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (response.status !== status) throw new RestRefusal(response.status, text, `${method} ${path}`);
  return JSON.parse(text) as Answer;
}
