import { randomUUID } from 'node:crypto';
import { type ServiceName, servicePorts } from '@shop/shared/backing/roster';
import { eventually } from '../../support/eventually.js';
import { admin, type RunningShop } from '../../e2e/running-shop.js';
import { sendFor } from './rest-client.js';

export type Service = ServiceName;

export interface Customer {
  readonly id: number;
  readonly email: string;
  readonly username: string;
  readonly password: string;
  readonly token: string;
}

interface Created {
  readonly id: number;
  readonly version: number;
}

export interface PlacedOrder extends Created {
  readonly uuid: string;
  readonly status: string;
}

/** The people and things that a case of the contract is about, made by REST on the services' own ports. */
export class ShopFront {
  private constructor(
    private readonly shop: RunningShop,
    /** An administrator's token. */
    readonly admin: string,
  ) {}

  static async of(shop: RunningShop): Promise<ShopFront> {
    const { token } = await sendFor<{ token: string }>(shop.service(servicePorts.auth), 200, {
      method: 'POST',
      path: '/auth/login',
      json: { login: admin.email, password: admin.password },
    });
    return new ShopFront(shop, token);
  }

  /** Somebody new. Signs in by GraphQL, as its register does at once, so that the limit of logins is not used up. */
  async customer(): Promise<Customer> {
    const username = `c${randomUUID().replaceAll('-', '').slice(0, 20)}`;
    const input = { username, email: `${username}@example.com`, password: 'a long passphrase' };
    const query = 'mutation Register($input: RegisterInput!) { register(input: $input) { token user { id } } }';
    const { data } = await sendFor<{ data: { register: { token: string; user: { id: string } } } }>(
      this.shop.gateway,
      200,
      { method: 'POST', path: '/graphql', json: { query, variables: { input } } },
    );
    return { ...input, id: Number(data.register.user.id), token: data.register.token };
  }

  product(price = 1_000, stock = 50): Promise<Created> {
    const json = { name: `Product ${randomUUID()}`, price, stock };
    return sendFor(this.origin('products'), 201, { method: 'POST', path: '/products', token: this.admin, json });
  }

  inCart(token: string, productId: number, quantity = 1): Promise<Created> {
    const json = { product_id: productId, quantity };
    return sendFor(this.origin('cart'), 201, { method: 'POST', path: '/cart', token, json });
  }

  async order(token: string, price = 1_000): Promise<PlacedOrder> {
    await this.inCart(token, (await this.product(price)).id);
    return sendFor(this.origin('orders'), 201, { method: 'POST', path: '/orders', token, json: {} });
  }

  /** An order that the saga has brought to its end. */
  async settledOrder(token: string, price = 1_000): Promise<PlacedOrder> {
    const { id } = await this.order(token, price);
    return eventually(async () => {
      const order = await this.orderAt(id);
      expect(order.status).not.toBe('Pending');
      return order;
    });
  }

  async shippedOrder(token: string): Promise<PlacedOrder> {
    const { id } = await this.settledOrder(token);
    const path = `/orders/${id}/status`;
    return sendFor(this.origin('orders'), 200, { method: 'PUT', path, token: this.admin, json: { status: 'Shipped' } });
  }

  origin(service: Service): string {
    return this.shop.service(servicePorts[service]);
  }

  private orderAt(id: number): Promise<PlacedOrder> {
    return sendFor(this.origin('orders'), 200, { method: 'GET', path: `/orders/${id}`, token: this.admin });
  }
}
