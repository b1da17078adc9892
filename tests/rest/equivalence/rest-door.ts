import { type RestAnswer, send } from '../contract/rest-client.js';
import type { Draft, Patch } from './command.js';
import type { Account, Door, Id, Outcome, SeenItem, SeenOrder, SeenProduct, Token } from './side.js';

interface OrderBody {
  id: number;
  uuid: string;
  status: string;
  total: number;
  shipping_address: string | null;
  cancellation_reason: string | null;
  version: number;
  items: { product_id: number; quantity: number; price: number }[];
}

type Made = { id?: number; uuid?: string; token?: string } | { id: number }[];

/** The shop by REST, through the gateway. */
export class RestDoor implements Door {
  constructor(private readonly gateway: string) {}

  register(account: Account): Promise<Outcome> {
    return this.do('POST', '/auth/register', undefined, account);
  }
  logIn(login: string, password: string): Promise<Outcome> {
    return this.do('POST', '/auth/login', undefined, { login, password });
  }
  createProducts(token: Token, drafts: readonly Draft[]): Promise<Outcome> {
    return this.do('POST', '/products', token, drafts);
  }
  updateProduct(token: Token, id: Id, patch: Patch): Promise<Outcome> {
    return this.do('PUT', `/products/${id}`, token, patch);
  }
  deleteProduct(token: Token, id: Id): Promise<Outcome> {
    return this.do('DELETE', `/products/${id}`, token);
  }
  addToCart(token: Token, product: Id, quantity: number): Promise<Outcome> {
    return this.do('POST', '/cart', token, { product_id: product, quantity });
  }
  updateItem(token: Token, id: Id, quantity: number): Promise<Outcome> {
    return this.do('PUT', `/cart/${id}`, token, { quantity });
  }
  removeItem(token: Token, id: Id): Promise<Outcome> {
    return this.do('DELETE', `/cart/${id}`, token);
  }
  clearCart(token: Token): Promise<Outcome> {
    return this.do('DELETE', '/cart', token);
  }
  placeOrder(token: Token, { key, address }: { key?: string | undefined; address?: string | undefined }) {
    return this.do(
      'POST',
      '/orders',
      token,
      { shipping_address: address },
      key === undefined ? {} : { 'idempotency-key': key },
    );
  }
  cancelOrder(token: Token, id: number): Promise<Outcome> {
    return this.do('PUT', `/orders/${id}/status`, token, { status: 'Cancelled' });
  }
  moveOrder(token: Token, id: number, status: string): Promise<Outcome> {
    return this.do('PUT', `/orders/${id}/status`, token, { status });
  }

  async cart(token: Token): Promise<SeenItem[]> {
    const items = await this.read<
      { id: number; product_id: number; quantity: number; price: number; subtotal: number }[]
    >('/cart', token);
    return items.map(({ product_id: product, ...item }) => ({ product, ...item }));
  }

  async orders(token: Token): Promise<SeenOrder[]> {
    return (await this.read<OrderBody[]>('/orders', token)).map(toSeenOrder);
  }

  async product(id: number): Promise<SeenProduct | null> {
    const answer = await send(this.gateway, { method: 'GET', path: `/products/${id}` });
    if (answer.status === 404) return null;
    const { name, price, stock, version } = JSON.parse(answer.text) as SeenProduct;
    return { name, price, stock, version };
  }

  private async do(method: string, path: string, token: Token, json?: unknown, headers: Record<string, string> = {}) {
    return toOutcome(await send(this.gateway, { method, path, token, headers, ...(json !== undefined && { json }) }));
  }

  private async read<Body>(path: string, token: Token): Promise<Body> {
    const answer = await send(this.gateway, { method: 'GET', path, token });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return JSON.parse(answer.text) as Body;
  }
}

function toOutcome({ status, text }: RestAnswer): Outcome {
  if (status >= 400) return { done: false, status, sentence: (JSON.parse(text) as { error: string }).error };
  const made = (text === '' ? {} : JSON.parse(text)) as Made;
  if (Array.isArray(made)) return { done: true, ids: made.map(({ id }) => id) };
  const { id, uuid, token } = made;
  return { done: true, ...(id !== undefined && { id }), ...(uuid && { uuid }), ...(token && { token }) };
}

function toSeenOrder({ id, uuid, status, total, version, ...order }: OrderBody): SeenOrder {
  const items = order.items.map(({ product_id: product, quantity, price }) => ({ product, quantity, price }));
  return {
    id,
    uuid,
    status,
    total,
    version,
    items,
    address: order.shipping_address,
    reason: order.cancellation_reason,
  };
}
