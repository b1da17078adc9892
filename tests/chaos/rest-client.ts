import { Refusal, type SeenOrder, send, type ShopClient, type Status, Unavailable } from './shop-client.js';

interface OrderBody {
  readonly id: number;
  readonly uuid: string;
  readonly status: Status;
  readonly version: number;
}

/** The shop by REST, through the gateway. */
export class RestClient implements ShopClient {
  readonly door = 'REST';
  token: string | undefined;

  constructor(private readonly gateway: string) {}

  async register(username: string): Promise<number> {
    const body = { email: `${username}@example.com`, username, password: `${username}-passphrase` };
    return (await this.call<{ id: number }>('POST', '/auth/register', body)).id;
  }

  async logIn(login: string, password: string): Promise<void> {
    this.token = (await this.call<{ token: string }>('POST', '/auth/login', { login, password })).token;
  }

  createProducts = async (drafts: readonly { name: string; price: number; stock: number }[]): Promise<number[]> =>
    (await this.call<{ id: number }[]>('POST', '/products', drafts)).map(({ id }) => id);

  changeProduct = async (id: number, change: { price?: number; stock?: number }): Promise<void> => {
    await this.call('PUT', `/products/${id}`, change);
  };

  deleteProduct = async (id: number): Promise<void> => {
    await this.call('DELETE', `/products/${id}`);
  };

  product = async (id: number): Promise<void> => {
    await this.call('GET', `/products/${id}`);
  };

  add = async (product: number, quantity: number): Promise<void> => {
    await this.call('POST', '/cart', { product_id: product, quantity });
  };

  async cart(): Promise<ReadonlyMap<number, number>> {
    const items = await this.call<{ product_id: number; quantity: number }[]>('GET', '/cart');
    return new Map(items.map(({ product_id: product, quantity }) => [product, quantity]));
  }

  place = async (key: string) => seen(await this.call('POST', '/orders', {}, { 'idempotency-key': key }));
  order = async (uuid: string) => seen(await this.call('GET', `/orders/${uuid}`));
  cancel = (order: SeenOrder) => this.to(order, 'Cancelled');
  move = (order: SeenOrder, status: 'Shipped' | 'Delivered') => this.to(order, status);

  private async to({ id }: SeenOrder, status: Status): Promise<SeenOrder> {
    return seen(await this.call('PUT', `/orders/${id}/status`, { status }));
  }

  private async call<Answer = OrderBody>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const authorization = this.token && { authorization: `Bearer ${this.token}` };
    const { status, json } = await send(this.gateway + path, method, { ...headers, ...authorization }, body);
    if (status < 400) return json as Answer;
    const { error = 'nothing' } = (json ?? {}) as { error?: string };
    throw status >= 500 ? new Unavailable(`${status} ${error}`) : new Refusal(`${status} ${error}`);
  }
}

function seen({ id, uuid, status, version }: OrderBody): SeenOrder {
  return { id: String(id), uuid, status, version };
}
