import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWebsocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { TestGateway } from './test-gateway.js';

/** What a client saw of one stream, in order. */
export interface Seen {
  readonly answers: unknown[];
  /** The error that ended it. */
  error: unknown;
  completed: boolean;
  close(): void;
}

export interface StreamRequest {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly token?: string | undefined;
}

/** Subscribes over one of the transports. */
export type Subscribe = (gateway: TestGateway, request: StreamRequest) => Seen;

const websocket: Subscribe = (gateway, { query, variables = {}, token }) => {
  const client = createWebsocketClient({
    url: gateway.websocketUrl,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...(token && { connectionParams: { Authorization: `Bearer ${token}` } }),
  });
  return watch(
    (sink) => client.subscribe({ query, variables }, sink),
    () => client.terminate(),
  );
};

const serverSentEvents: Subscribe = (gateway, { query, variables = {}, token }) => {
  const client = createSseClient({
    url: `${gateway.url}/stream`,
    retryAttempts: 0,
    headers: token ? { authorization: `Bearer ${token}` } : {},
  });
  return watch(
    (sink) => client.subscribe({ query, variables }, sink),
    () => client.dispose(),
  );
};

/** Reads Apollo's multipart protocol as its clients do: a payload, and errors beside it that end the stream. */
const multipart: Subscribe = (gateway, { query, variables = {}, token }) => {
  const abort = new AbortController();
  return watch(
    (sink) => {
      void readMultipart(gateway, { query, variables, token }, abort.signal, sink).catch((error: unknown) => {
        if (!abort.signal.aborted) sink.error(error);
      });
      return () => abort.abort();
    },
    () => abort.abort(),
  );
};

async function readMultipart(
  gateway: TestGateway,
  { query, variables, token }: StreamRequest,
  signal: AbortSignal,
  sink: Sink,
): Promise<void> {
  const response = await fetch(gateway.url, {
    method: 'POST',
    signal,
    headers: {
      'content-type': 'application/json',
      accept: 'multipart/mixed;boundary="graphql";subscriptionSpec="1.0",application/json',
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  if (!response.headers.get('content-type')?.startsWith('multipart/mixed')) {
    return sink.error(((await response.json()) as { errors: unknown }).errors);
  }
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    // Each part is written in one piece, so no piece ends within one.
    for (const part of decoder.decode(read.value).split('\r\n--graphql')) {
      if (part === '--\r\n') return sink.complete();
      const json = part.split('\r\n\r\n')[1];
      if (!json) continue;
      const { payload, errors } = JSON.parse(json) as { payload?: unknown; errors?: unknown };
      if (errors) return sink.error(errors);
      if (payload) sink.next(payload);
    }
  }
  sink.error(new Error('the response ended without its last boundary'));
}

interface Sink {
  next(answer: unknown): void;
  error(error: unknown): void;
  complete(): void;
}

function watch(subscribe: (sink: Sink) => () => void, dispose: () => void): Seen {
  const answers: unknown[] = [];
  const seen: Seen = { answers, error: undefined, completed: false, close: () => (unsubscribe(), dispose()) };
  const unsubscribe = subscribe({
    next: (answer) => answers.push(answer),
    error: (error) => (seen.error = error),
    complete: () => (seen.completed = true),
  });
  return seen;
}

export const transports: readonly [string, Subscribe][] = [
  ['a websocket', websocket],
  ['server-sent events', serverSentEvents],
  ['multipart', multipart],
];

/** The errors that ended a stream; over SSE they are the last answer. */
export function endingErrors({ error, answers }: Seen): { extensions?: { code?: unknown } }[] {
  const last = answers.at(-1) as { errors?: unknown } | undefined;
  return (error ?? last?.errors ?? []) as { extensions?: { code?: unknown } }[];
}

/** The codes of these. */
export function endingCodes(stream: Seen): unknown[] {
  return endingErrors(stream).map(({ extensions }) => extensions?.code);
}
