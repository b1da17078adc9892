import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { statusOf } from './graphql-client.js';
import type { Patience } from './patience.js';
import type { Status } from './shop-client.js';

interface Followed {
  readonly uuid: string;
  readonly version: number;
  readonly status: Status;
}

/** What somebody saw of an order live, over as many connections as it took. */
export interface Stream {
  readonly uuid: string;
  /** Every version in the order in which it came. */
  readonly versions: number[];
  connections: number;
  /** Whether it came to the end that was waited for. */
  complete: boolean;
}

export interface FollowOptions {
  readonly gateway: string;
  readonly token: string;
  readonly uuid: string;
  readonly patience: Patience;
  readonly onEvent: (event: Followed) => void;
  /** Which event is the last that matters. */
  readonly isLast: (status: Status) => boolean;
}

const QUERY = `subscription Follow($id: ID!, $after: Int!) {
  orderStatusChanged(orderId: $id, afterVersion: $after) { uuid version status }
}`;
const AGAIN_MS = 100;
/** A connection that says nothing is asked so often whether it lives, and given up without an answer. */
const PING_MS = 3_000;

/** Follows an order by subscription from its first version on. After each break it goes on from the last version that came. */
export async function followOrder(options: FollowOptions): Promise<Stream> {
  const { uuid, patience } = options;
  const stream: Stream = { uuid, versions: [], connections: 0, complete: false };
  while (!stream.complete && !patience.isOver) {
    stream.connections += 1;
    try {
      await followOnce(options, stream);
    } catch {
      // A break: the next connection goes on.
    }
    if (!stream.complete) await pause(AGAIN_MS);
  }
  return stream;
}

async function followOnce({ gateway, token, uuid, patience, onEvent, isLast }: FollowOptions, stream: Stream) {
  let waiting: NodeJS.Timeout | undefined;
  const client = createClient({
    url: `${gateway.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
    keepAlive: PING_MS,
    connectionAckWaitTimeout: PING_MS,
    on: {
      ping: (received) => {
        if (!received) waiting = setTimeout(() => client.terminate(), PING_MS);
      },
      pong: () => clearTimeout(waiting),
      closed: () => clearTimeout(waiting),
    },
  });
  const look = setInterval(() => patience.isOver && client.terminate(), PING_MS);
  try {
    const variables = { id: uuid, after: stream.versions.at(-1) ?? 0 };
    for await (const { data } of client.iterate<{ orderStatusChanged: Followed }>({ query: QUERY, variables })) {
      const event = data?.orderStatusChanged;
      if (!event) return;
      stream.versions.push(event.version);
      const status = statusOf(event.status);
      onEvent({ ...event, status });
      if (!isLast(status)) continue;
      stream.complete = true;
      return;
    }
  } finally {
    clearInterval(look);
    clearTimeout(waiting);
    await client.dispose();
  }
}
