import { request } from 'node:http';
import { createClient, type ExecutionResult } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Answer } from './answer.js';
import type { Headers } from './credentials.js';

const ANSWERED_WITHIN_MS = 20_000;

interface Operation {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

/** One operation by HTTP. */
export async function askByHttp(url: string, headers: Headers, operation: Operation): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(operation),
    signal: AbortSignal.timeout(ANSWERED_WITHIN_MS),
  });
  return answerOf(response.status, await response.text());
}

/** The first event of a subscription by Server-Sent Events, or why there is none. */
export async function askByStream(url: string, headers: Headers, operation: Operation): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify(operation),
    signal: AbortSignal.timeout(ANSWERED_WITHIN_MS),
  });
  const text = await response.text();
  const [, event] = /^event: next\ndata: (.*)$/m.exec(text) ?? [];
  return answerOf(response.status, event ?? text);
}

/** The first event of a subscription by websocket, or why there is none. The token is the connection's parameter. */
export async function askByWebsocket(url: string, headers: Headers, operation: Operation): Promise<Answer> {
  const { authorization, ...others } = headers;
  const client = createClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: socketWith(others),
    connectionParams: authorization === undefined ? {} : { authorization },
    retryAttempts: 0,
  });
  try {
    for await (const result of client.iterate(operation as { query: string }))
      return answerOf(200, JSON.stringify(result));
    return answerOf(200, '{}');
  } catch (error) {
    return refusal(error);
  } finally {
    await client.dispose();
  }
}

/** The status of an attempt to open a websocket, for what it is asked by whoever is not let in; 101 for who is. */
export async function askToUpgrade(url: string, headers: Headers): Promise<Answer> {
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
  const asked = { ...headers, ...upgrade, 'sec-websocket-key': 'MDEyMzQ1Njc4OWFiY2RlZg==' };
  const status = await new Promise<number>((resolve, reject) => {
    request(url, { headers: asked })
      .on('response', (response) => resolve(response.resume().statusCode ?? 0))
      .on('upgrade', (response, socket) => resolve((socket.destroy(), response.statusCode ?? 0)))
      .on('error', reject)
      .end();
  });
  return { status, errors: [], text: '' };
}

/** Errors of an operation come as a list; the end of a connection as its close event. */
function refusal(error: unknown): Answer {
  if (Array.isArray(error)) return answerOf(200, JSON.stringify({ errors: error }));
  if (typeof error === 'object' && error !== null && 'code' in error) return answerOf(Number(error.code), '{}');
  throw error;
}

function socketWith(headers: Headers) {
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { headers });
    }
  };
}

function answerOf(status: number, text: string): Answer {
  const { data, errors = [] } = JSON.parse(text) as ExecutionResult & { errors?: Answer['errors'] };
  return { status, data, errors, text };
}
