import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

export interface StatusEvent {
  readonly uuid: string;
  readonly status: string;
  readonly version: number;
  readonly cancellationReason: string | null;
  /** Milliseconds on the monotonic clock at which this client had it. */
  readonly seenAt: number;
}

interface PlacedOrder {
  readonly id: string;
  readonly uuid: string;
  readonly status: string;
  readonly total: number;
}

/** What a client of the shop does, by GraphQL over the gateway alone: one person, one token. */
export class Shopper {
  private readonly socket: Client;

  private constructor(
    private readonly graphqlUrl: string,
    readonly token: string,
  ) {
    this.socket = createClient({
      url: graphqlUrl.replace(/^http/, 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
    });
  }

  /** Registers somebody new. `gateway` is its origin, such as http://127.0.0.1:4000. */
  static async register(gateway: string, username: string): Promise<Shopper> {
    const input = { username, email: `${username}@example.com`, password: `${username}-passphrase` };
    const answer = await request<{ register: { token: string } }>(
      `${gateway}/graphql`,
      'mutation Register($input: RegisterInput!) { register(input: $input) { token } }',
      { input },
    );
    return new Shopper(`${gateway}/graphql`, answer.register.token);
  }

  static async login(gateway: string, login: string, password: string): Promise<Shopper> {
    const answer = await request<{ login: { token: string } }>(
      `${gateway}/graphql`,
      'mutation Login($login: String!, $password: String!) { login(login: $login, password: $password) { token } }',
      { login, password },
    );
    return new Shopper(`${gateway}/graphql`, answer.login.token);
  }

  /** Runs one operation. Throws its first error, with its code. */
  async run<Data>(query: string, variables: Record<string, unknown> = {}): Promise<Data> {
    return request<Data>(this.graphqlUrl, query, variables, this.token);
  }

  async createProduct(input: { name: string; price: number; stock: number }): Promise<{ id: string }> {
    const answer = await this.run<{ createProducts: [{ id: string }] }>(
      'mutation Create($input: [ProductInput!]!) { createProducts(input: $input) { id } }',
      { input: [input] },
    );
    return answer.createProducts[0];
  }

  async deleteProduct(id: string): Promise<void> {
    await this.run('mutation Delete($id: ID!) { deleteProduct(id: $id) }', { id });
  }

  async stockOf(id: string): Promise<number> {
    const answer = await this.run<{ product: { stock: number } }>(
      'query Stock($id: ID!) { product(id: $id) { stock } }',
      { id },
    );
    return answer.product.stock;
  }

  async addToCart(productId: string, quantity = 1): Promise<void> {
    await this.run(
      'mutation Add($productId: ID!, $quantity: Int!) { addToCart(productId: $productId, quantity: $quantity) { id } }',
      {
        productId,
        quantity,
      },
    );
  }

  async placeOrder(idempotencyKey?: string): Promise<PlacedOrder> {
    const answer = await this.run<{ placeOrder: PlacedOrder }>(
      'mutation Place($input: PlaceOrderInput) { placeOrder(input: $input) { id uuid status total } }',
      { input: { shippingAddress: '1 Tràng Tiền, Hà Nội', ...(idempotencyKey && { idempotencyKey }) } },
    );
    return answer.placeOrder;
  }

  /** What was written to this shopper about one order; `sentAt` is null for what is still on its way. */
  async emailsAbout(uuid: string): Promise<{ subject: string; sentAt: string | null }[]> {
    const answer = await this.run<{ order: { emails: { subject: string; sentAt: string | null }[] } }>(
      'query Emails($id: ID!) { order(id: $id) { emails { subject sentAt } } }',
      { id: uuid },
    );
    return answer.order.emails;
  }

  /** Every change of this shopper's orders, or of one order, until the loop is left. */
  async *statuses(orderId?: string): AsyncGenerator<StatusEvent> {
    const query = `subscription Watch($orderId: ID) {
      orderStatusChanged(orderId: $orderId) { uuid status version cancellationReason }
    }`;
    const variables = orderId === undefined ? {} : { orderId };
    for await (const result of this.socket.iterate<{ orderStatusChanged: Omit<StatusEvent, 'seenAt'> }>({
      query,
      variables,
    })) {
      const event = result.data?.orderStatusChanged;
      if (!event) throw new Error(result.errors?.[0]?.message ?? 'an event without data');
      yield { ...event, seenAt: performance.now() };
    }
  }

  async close(): Promise<void> {
    await this.socket.dispose();
  }
}

/** An operation that the shop refused. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(`${message} (${code})`);
  }
}

async function request<Data>(
  url: string,
  query: string,
  variables: Record<string, unknown>,
  token?: string,
): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
  const answer = (await response.json()) as {
    data?: Data;
    errors?: [{ message: string; extensions?: { code?: string } }];
  };
  const error = answer.errors?.[0];
  if (error || !answer.data)
    throw new Refused(error?.message ?? `status ${response.status}`, error?.extensions?.code ?? 'none');
  return answer.data;
}
