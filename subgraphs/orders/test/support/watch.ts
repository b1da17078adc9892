import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { eventually } from '../../../../tests/support/eventually.js';

export interface SeenVersion {
  readonly uuid: string;
  readonly version: number;
  readonly status: string;
  readonly cancellationReason: string | null;
  readonly updatedAt: string;
  readonly timeline: { readonly type: string }[];
}

const WATCH = `subscription ($id: ID, $after: Int) { orderStatusChanged(orderId: $id, afterVersion: $after) {
  uuid version status cancellationReason updatedAt timeline { type } items { name } user { id } } }`;

/** A client that watches by graphql-ws, and keeps what it sees. */
export class Watch {
  readonly seen: SeenVersion[] = [];
  readonly errors: { message: string; extensions?: Record<string, unknown> }[] = [];
  completed = false;
  private readonly client: Client;

  constructor(url: string, token: string | null, variables: { id?: string; after?: number } = {}) {
    this.client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      lazy: true,
      ...(token && { connectionParams: { authorization: `Bearer ${token}` } }),
    });
    this.client.subscribe<{ orderStatusChanged: SeenVersion }>(
      { query: WATCH, variables },
      {
        next: ({ data, errors }) => {
          if (data?.orderStatusChanged) this.seen.push(data.orderStatusChanged);
          for (const error of errors ?? []) this.errors.push(error as never);
        },
        error: (error) => void (Array.isArray(error) ? this.errors.push(...error) : this.errors.push(error as never)),
        complete: () => (this.completed = true),
      },
    );
  }

  /** What it saw, once it has seen so much, in short: `uuid version status`. */
  async saw(count: number, timeoutMs = 5_000): Promise<SeenVersion[]> {
    return eventually(
      () => {
        if (this.seen.length < count)
          throw new Error(`saw ${JSON.stringify(this.seen)} ${JSON.stringify(this.errors)}`);
        return this.seen;
      },
      { timeoutMs },
    );
  }

  async completes(): Promise<void> {
    await eventually(() => {
      if (!this.completed) throw new Error('the stream goes on');
    });
  }

  async fails(): Promise<{ message: string; extensions?: Record<string, unknown> } | undefined> {
    return eventually(() => {
      if (this.errors.length === 0) throw new Error(`no error, but ${JSON.stringify(this.seen)}`);
      return this.errors[0];
    });
  }

  async leave(): Promise<void> {
    await this.client.dispose();
  }
}
