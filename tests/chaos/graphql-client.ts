import { Refusal, type SeenOrder, send, type ShopClient, type Status, Unavailable } from './shop-client.js';

interface OrderFields {
  readonly id: string;
  readonly uuid: string;
  readonly status: string;
  readonly version: number;
}

const FIELDS = 'id uuid status version';
const TRANSIENT = new Set(['SUBGRAPH_UNAVAILABLE', 'INTERNAL_SERVER_ERROR']);

/** The shop by GraphQL, through the gateway. */
export class GraphqlClient implements ShopClient {
  readonly door = 'GraphQL';
  token: string | undefined;

  constructor(private readonly gateway: string) {}

  async logIn(login: string, password: string): Promise<void> {
    const query =
      'mutation In($login: String!, $password: String!) { login(login: $login, password: $password) { token } }';
    this.token = (await this.run<{ login: { token: string } }>(query, { login, password })).login.token;
  }

  async add(product: number, quantity: number): Promise<void> {
    const query = 'mutation Add($id: ID!, $quantity: Int!) { addToCart(productId: $id, quantity: $quantity) { id } }';
    await this.run(query, { id: String(product), quantity });
  }

  async cart(): Promise<ReadonlyMap<number, number>> {
    const query = '{ cart { items { quantity product { id } } } }';
    const { cart } = await this.run<{ cart: { items: { quantity: number; product: { id: string } }[] } | null }>(query);
    return new Map((cart?.items ?? []).map(({ product, quantity }) => [Number(product.id), quantity]));
  }

  async place(key: string): Promise<SeenOrder> {
    const query = `mutation Place($key: String!) { placeOrder(input: { idempotencyKey: $key }) { ${FIELDS} } }`;
    return seen((await this.run<{ placeOrder: OrderFields }>(query, { key })).placeOrder);
  }

  async order(uuid: string): Promise<SeenOrder> {
    const { order } = await this.run<{ order: OrderFields | null }>(
      `query Find($uuid: ID!) { order(id: $uuid) { ${FIELDS} } }`,
      { uuid },
    );
    if (!order) throw new Refusal('NOT_FOUND: order is null');
    return seen(order);
  }

  async cancel({ id }: SeenOrder): Promise<SeenOrder> {
    const query = `mutation Cancel($id: ID!) { cancelOrder(id: $id) { ${FIELDS} } }`;
    return seen((await this.run<{ cancelOrder: OrderFields }>(query, { id })).cancelOrder);
  }

  async move({ id }: SeenOrder, status: 'Shipped' | 'Delivered'): Promise<SeenOrder> {
    const query = `mutation Move($id: ID!, $to: OrderStatus!) { updateOrderStatus(id: $id, status: $to) { ${FIELDS} } }`;
    const variables = { id, to: status.toUpperCase() };
    return seen((await this.run<{ updateOrderStatus: OrderFields }>(query, variables)).updateOrderStatus);
  }

  private async run<Data>(query: string, variables: Record<string, unknown> = {}): Promise<Data> {
    const authorization = this.token && { authorization: `Bearer ${this.token}` };
    const body = { query, variables };
    const { status, json } = await send(`${this.gateway}/graphql`, 'POST', { ...authorization }, body);
    const { data, errors } = (json ?? {}) as {
      data?: Data | null;
      errors?: { message: string; extensions?: { code?: string } }[];
    };
    const [error] = errors ?? [];
    if (!error && data) return data;
    const code = error?.extensions?.code ?? String(status);
    const says = `${code}: ${error?.message ?? 'no data'}`;
    throw TRANSIENT.has(code) || status >= 500 ? new Unavailable(says) : new Refusal(says);
  }
}

/** GraphQL writes a status in capitals. */
export function statusOf(name: string): Status {
  return (name.slice(0, 1) + name.slice(1).toLowerCase()) as Status;
}

function seen({ id, uuid, status, version }: OrderFields): SeenOrder {
  return { id, uuid, status: statusOf(status), version };
}
