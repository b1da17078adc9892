import { EventEmitter, on } from 'node:events';
import { setImmediate as breathe } from 'node:timers/promises';
import { composeServices } from '@apollo/composition';
import { GraphQLError, parse } from 'graphql';
import { FakeSubgraph } from './fake-subgraph.js';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])';

interface OrderVersion {
  readonly id: string;
  readonly version: number;
  readonly status: string;
}

const FINAL = new Set(['CANCELLED', 'DELIVERED']);

/** Orders with their whole history, streamed as the API promises. */
class FakeOrders extends FakeSubgraph {
  private readonly history = new Map<string, OrderVersion[]>();
  private readonly wakeUp = new EventEmitter().setMaxListeners(0);
  /** How many streams are open. */
  streams = 0;

  constructor() {
    super(
      'orders',
      `${LINK}
      type Query { order(id: ID!): Order orders: [Order!] }
      type Mutation { placeOrder(note: String, fail: String): Order! }
      type Subscription {
        orderStatusChanged(orderId: ID, afterVersion: Int): Order!
        ticks(count: Int!): Int!
        broken: Int!
      }
      type Order @key(fields: "id") { id: ID! status: String! version: Int! product: Product! items: [Item!]! }
      type Item { id: ID! quantity: Int! }
      type Product @key(fields: "id") { id: ID! }
      `,
      {
        Query: {
          order: (_: unknown, { id }: { id: string }) => this.current(id),
          orders: () => [...this.history.keys()].map((id) => this.current(id)),
        },
        Mutation: {
          placeOrder: (_: unknown, { fail }: { fail?: string }) => {
            if (fail === 'internal') throw new Error('SELECT * FROM secrets');
            if (fail)
              throw new GraphQLError(`failed: ${fail}`, {
                extensions: { code: fail, field: 'note', stacktrace: ['at x'] },
              });
            return this.advance('1', 'PENDING');
          },
        },
        Order: {
          __resolveReference: ({ id }: { id: string }) => this.current(id),
          product: ({ id }: OrderVersion) => ({ id: `p${id}` }),
          items: ({ id }: OrderVersion) => [{ id: `${id}.1`, quantity: 2 }],
        },
        Subscription: {
          orderStatusChanged: {
            subscribe: (
              _: unknown,
              args: { orderId?: string; afterVersion?: number },
              { authorization }: { authorization?: string },
            ) => {
              if (args.orderId === 'forbidden')
                throw new GraphQLError('you may not do this', { extensions: { code: 'FORBIDDEN', stacktrace: ['x'] } });
              if (args.orderId === 'secret') throw new Error(`SELECT token FROM sessions -- ${authorization}`);
              return this.stream(args.orderId ?? null, args.afterVersion ?? null);
            },
            resolve: (order: OrderVersion) => order,
          },
          ticks: {
            subscribe: async function* (_: unknown, { count }: { count: number }) {
              for (let tick = 1; tick <= count; tick++) {
                yield tick;
                if (tick % 100 === 0) await breathe();
              }
            },
            resolve: (tick: number) => tick,
          },
          broken: {
            subscribe: async function* () {
              yield 1;
            },
            resolve: () => {
              throw new Error('SELECT 1');
            },
          },
        },
      },
    );
  }

  advance(id: string, status: string): OrderVersion {
    const versions = this.history.get(id) ?? [];
    const next = { id, status, version: versions.length + 1 };
    this.history.set(id, [...versions, next]);
    this.wakeUp.emit('change', next);
    return next;
  }

  private current(id: string): OrderVersion | null {
    return this.history.get(id)?.at(-1) ?? null;
  }

  /** Ends at once when it is returned, though it may be waiting for a change. */
  private stream(id: string | null, after: number | null): AsyncGenerator<OrderVersion> {
    const gone = new AbortController();
    const events = this.events(id, after, gone.signal);
    const endNow = events.return.bind(events);
    events.return = async (value) => {
      gone.abort();
      return await endNow(value);
    };
    return events;
  }

  private async *events(id: string | null, after: number | null, gone: AbortSignal): AsyncGenerator<OrderVersion> {
    this.streams++;
    try {
      const changes = on(this.wakeUp, 'change', { signal: gone });
      let last = after ?? 0;
      for (const order of this.replay(id, after)) {
        last = order.version;
        yield order;
        if (FINAL.has(order.status)) return;
      }
      for await (const [order] of changes as AsyncIterable<[OrderVersion]>) {
        if (id !== null && (order.id !== id || order.version <= last)) continue;
        last = order.version;
        yield order;
        if (id !== null && FINAL.has(order.status)) return;
      }
    } catch (error) {
      if (!gone.aborted) throw error;
    } finally {
      this.streams--;
    }
  }

  private replay(id: string | null, after: number | null): OrderVersion[] {
    const history = (id !== null && this.history.get(id)) || [];
    return after === null ? history.slice(-1) : history.filter(({ version }) => version > after);
  }
}

/** A supergraph of three subgraphs, in which every event of an order has fields of the other two. */
export class FakeShop {
  readonly orders = new FakeOrders();
  readonly products = new FakeSubgraph(
    'products',
    `${LINK}
    type Query { product(id: ID!): Product whoAmI: String }
    type Product @key(fields: "id") { id: ID! name(suffix: String): String }
    `,
    {
      Query: {
        product: (_: unknown, { id }: { id: string }) => ({ id }),
        whoAmI: (_: unknown, _args: unknown, { authorization }: { authorization?: string }) =>
          authorization ?? 'nobody',
      },
      Product: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        name: ({ id }: { id: string }, { suffix = '' }: { suffix?: string }) => `product ${id}${suffix}`,
      },
    },
  );
  readonly payments = new FakeSubgraph(
    'payments',
    `${LINK}
    type Query { paymentCount: Int! }
    type Order @key(fields: "id") { id: ID! payment: Payment }
    type Payment { id: ID! status: String! }
    `,
    {
      Query: { paymentCount: () => 1 },
      Order: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        payment: ({ id }: { id: string }) => {
          if (id === 'unpayable') throw new GraphQLError('no such payment', { extensions: { code: 'NOT_FOUND' } });
          return { id: `pay${id}`, status: 'SUCCEEDED' };
        },
      },
    },
  );

  get subgraphs(): FakeSubgraph[] {
    return [this.orders, this.products, this.payments];
  }

  async start(): Promise<this> {
    await Promise.all(this.subgraphs.map((subgraph) => subgraph.start()));
    return this;
  }

  async stop(): Promise<void> {
    await Promise.all(this.subgraphs.map((subgraph) => subgraph.stop()));
  }

  compose(): string {
    const services = this.subgraphs.map(({ name, sdl, url }) => ({ name, url, typeDefs: parse(sdl) }));
    const { supergraphSdl, errors } = composeServices(services);
    if (!supergraphSdl) throw new Error(errors?.join('\n'));
    return supergraphSdl;
  }
}
