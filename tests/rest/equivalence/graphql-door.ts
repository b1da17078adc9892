import { type GraphqlAnswer, graphqlRequest } from '../../support/graphql-client.js';
import type { Draft, Patch } from './command.js';
import { statusOf } from './mapping.js';
import type { Account, Door, Id, Outcome, SeenItem, SeenOrder, SeenProduct, Token } from './side.js';

interface OrderNode {
  id: string;
  uuid: string;
  status: string;
  total: number;
  shippingAddress: string | null;
  cancellationReason: string | null;
  version: number;
  items: { product: { id: string }; quantity: number; price: number }[];
}
interface CartNode {
  items: { id: string; product: { id: string } | null; quantity: number; price: number; subtotal: number }[];
}
/** What a mutation selects of what it made. */
type Made = { id?: string; uuid?: string; token?: string } | { id: string }[] | boolean;

/** The shop by GraphQL, through the gateway. */
export class GraphqlDoor implements Door {
  private readonly url: string;

  constructor(gateway: string) {
    this.url = `${gateway}/graphql`;
  }

  register(input: Account): Promise<Outcome> {
    return this.do(undefined, '($input: RegisterInput!) { made: register(input: $input) { token } }', { input });
  }
  logIn(login: string, password: string): Promise<Outcome> {
    const query = '($login: String!, $password: String!) { made: login(login: $login, password: $password) { token } }';
    return this.do(undefined, query, { login, password });
  }
  createProducts(token: Token, input: readonly Draft[]): Promise<Outcome> {
    return this.do(token, '($input: [ProductInput!]!) { made: createProducts(input: $input) { id } }', { input });
  }
  updateProduct(token: Token, id: Id, patch: Patch): Promise<Outcome> {
    const query = '($id: ID!, $patch: ProductPatch!) { made: updateProduct(id: $id, patch: $patch) { id } }';
    return this.do(token, query, { id, patch });
  }
  deleteProduct(token: Token, id: Id): Promise<Outcome> {
    return this.do(token, '($id: ID!) { made: deleteProduct(id: $id) }', { id });
  }
  addToCart(token: Token, id: Id, quantity: number): Promise<Outcome> {
    const query = '($id: ID!, $quantity: Int!) { made: addToCart(productId: $id, quantity: $quantity) { id } }';
    return this.do(token, query, { id, quantity });
  }
  updateItem(token: Token, id: Id, quantity: number): Promise<Outcome> {
    const query = '($id: ID!, $quantity: Int!) { made: updateCartItem(id: $id, quantity: $quantity) { id } }';
    return this.do(token, query, { id, quantity });
  }
  removeItem(token: Token, id: Id): Promise<Outcome> {
    return this.do(token, '($id: ID!) { made: removeFromCart(id: $id) { id } }', { id });
  }
  clearCart(token: Token): Promise<Outcome> {
    return this.do(token, '{ made: clearCart { id } }');
  }
  placeOrder(token: Token, { key, address }: { key?: string | undefined; address?: string | undefined }) {
    const query = '($input: PlaceOrderInput) { made: placeOrder(input: $input) { id uuid } }';
    return this.do(token, query, { input: { idempotencyKey: key, shippingAddress: address } });
  }
  cancelOrder(token: Token, id: number): Promise<Outcome> {
    return this.do(token, '($id: ID!) { made: cancelOrder(id: $id) { id uuid } }', { id });
  }
  moveOrder(token: Token, id: number, to: string): Promise<Outcome> {
    const query = '($id: ID!, $status: OrderStatus!) { made: updateOrderStatus(id: $id, status: $status) { id uuid } }';
    return this.do(token, query, { id, status: to.toUpperCase() });
  }

  async cart(token: Token): Promise<SeenItem[]> {
    const { cart } = await this.read<{ cart: CartNode }>(
      token,
      '{ cart { items { id product { id } quantity price subtotal } } }',
    );
    return cart.items.map(({ id, product, ...item }) => ({ ...item, id: Number(id), product: Number(product?.id) }));
  }

  async orders(token: Token): Promise<SeenOrder[]> {
    const fields =
      'id uuid status total shippingAddress cancellationReason version items { product { id } quantity price }';
    const { orders } = await this.read<{ orders: { edges: { node: OrderNode }[] } }>(
      token,
      `{ orders(first: 100) { edges { node { ${fields} } } } }`,
    );
    return orders.edges.map(({ node }) => toSeenOrder(node));
  }

  async product(id: number): Promise<SeenProduct | null> {
    const query = `{ product(id: "${id}") { name price stock version } }`;
    return (await this.read<{ product: SeenProduct | null }>(undefined, query)).product;
  }

  private async do(token: Token, query: string, variables: Record<string, unknown> = {}): Promise<Outcome> {
    return toOutcome(await graphqlRequest<{ made: Made }>(this.url, `mutation M${query}`, variables, token));
  }

  private async read<Data>(token: Token, query: string): Promise<Data> {
    const { data, errors } = await graphqlRequest<Data>(this.url, `query Q ${query}`, {}, token);
    if (errors || !data) throw new Error(`${query}: ${JSON.stringify(errors)}`);
    return data;
  }
}

function toOutcome({ data, errors }: GraphqlAnswer<{ made: Made }>): Outcome {
  const [error] = errors ?? [];
  if (error) {
    const code = String(error.extensions?.['code']);
    return { done: false, status: statusOf(code), sentence: error.message };
  }
  const made = data?.made;
  if (Array.isArray(made)) return { done: true, ids: made.map(({ id }) => Number(id)) };
  if (typeof made !== 'object') return { done: true };
  const { id, uuid, token } = made;
  return { done: true, ...(id && { id: Number(id) }), ...(uuid && { uuid }), ...(token && { token }) };
}

function toSeenOrder({ id, uuid, total, version, ...order }: OrderNode): SeenOrder {
  const status = order.status[0] + order.status.slice(1).toLowerCase();
  const items = order.items.map(({ product, ...line }) => ({ product: Number(product.id), ...line }));
  const [address, reason] = [order.shippingAddress, order.cancellationReason];
  return { id: Number(id), uuid, status, total, version, items, address, reason };
}
