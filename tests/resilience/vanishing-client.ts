import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';

/** How a client is subscribed. */
export const transports = ['websocket', 'sse', 'multipart'] as const;
export type Transport = (typeof transports)[number];

export interface Subscription {
  /** An origin. */
  readonly gateway: string;
  readonly token: string;
  /** A subscription that gives an event at once. */
  readonly query: string;
}

/** One that has its first event, and can go without a word. */
export interface VanishingClient {
  vanish(): void;
}

const ACCEPTS = {
  sse: ['/graphql/stream', 'text/event-stream'],
  multipart: ['/graphql', 'multipart/mixed;boundary="graphql";subscriptionSpec="1.0",application/json'],
} as const;

/** Subscribes. Resolves at the first event; or, when `impatient`, as soon as the request is on its way. */
export async function subscribe(
  subscription: Subscription,
  transport: Transport,
  impatient = false,
): Promise<VanishingClient> {
  const { hostname, port } = new URL(subscription.gateway);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  if (transport === 'websocket') await byWebsocket(socket, subscription, impatient);
  else await byHttp(socket, subscription, transport, impatient);
  return { vanish: () => socket.destroy() };
}

async function byWebsocket(raw: Socket, { gateway, token, query }: Subscription, impatient: boolean): Promise<void> {
  const url = `${gateway.replace('http', 'ws')}/graphql`;
  const socket = new WebSocket(url, 'graphql-transport-ws', { createConnection: () => raw });
  socket.on('error', () => undefined);
  await once(socket, 'open');
  const send = (message: object) => new Promise((resolve) => socket.send(JSON.stringify(message), resolve));
  await send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
  await once(socket, 'message');
  await send({ id: '1', type: 'subscribe', payload: { query } });
  if (impatient) return;
  const [event] = (await once(socket, 'message')) as [Buffer];
  if (!String(event).includes('"next"')) throw new Error(`no event: ${String(event)}`);
}

async function byHttp(
  socket: Socket,
  { gateway, token, query }: Subscription,
  transport: keyof typeof ACCEPTS,
  impatient: boolean,
): Promise<void> {
  const [path, accept] = ACCEPTS[transport];
  const body = JSON.stringify({ query });
  const head = [
    `POST ${path} HTTP/1.1`,
    `host: ${new URL(gateway).host}`,
    'content-type: application/json',
    `accept: ${accept}`,
    `authorization: Bearer ${token}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  await new Promise((resolve) => socket.write(`${head.join('\r\n')}\r\n\r\n${body}`, resolve));
  if (impatient) return;
  let answered = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    answered += String(chunk);
    if (answered.includes('"data"')) return;
  }
  throw new Error(`no event: ${answered}`);
}
