import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Script, Step } from './websocket-scripts.js';

/** What came of a script. */
export interface Conversation {
  readonly messages: readonly string[];
  /** How the server closed it; null: not at all, so that we did once it had answered. */
  readonly closed: { readonly code: number; readonly reason: string } | null;
  readonly silent: boolean;
}

/** An operation that is always answered, by data or by a refusal: with it everything before it has been read. */
const PROBE = { id: 'the probe', type: 'subscribe', payload: { query: '{ __typename }' } };

/** Says what is in the script, each step on its own, and listens until the server has read it all or closed. */
export async function converse(port: number, { protocol, steps }: Script, deadlineMs: number): Promise<Conversation> {
  const raw = connect({ port, host: '127.0.0.1', noDelay: true });
  raw.on('error', () => undefined);
  const options = { createConnection: () => raw, skipUTF8Validation: true, perMessageDeflate: false };
  const url = `ws://127.0.0.1:${port}/graphql`;
  const socket = protocol === undefined ? new WebSocket(url, options) : new WebSocket(url, protocol, options);
  const messages: string[] = [];
  const answered = Promise.withResolvers<void>();
  let closed = null as Conversation['closed'];
  socket.on('error', () => undefined);
  socket.on('message', (data) => {
    messages.push(String(data));
    if (endsProbe(String(data))) answered.resolve();
  });
  const ended = Promise.withResolvers<void>();
  socket.on('close', (code, reason) => {
    closed = { code, reason: String(reason) };
    ended.resolve();
  });
  const abort = new AbortController();
  const over = Promise.race([
    ended.promise.then(() => 'ended'),
    answered.promise.then(() => 'ended'),
    pause(deadlineMs, 'silent', { signal: abort.signal }).catch(() => 'ended'),
  ]);
  socket.once('open', () => sayAll(socket, steps, raw));
  const silent = (await over) === 'silent';
  abort.abort();
  socket.terminate();
  return { messages, closed, silent };
}

/** Where as many operations are under way as may be, its answer is an error. */
function endsProbe(message: string): boolean {
  const { id, type } = JSON.parse(message) as { readonly id?: unknown; readonly type?: unknown };
  return id === PROBE.id && (type === 'complete' || type === 'error');
}

function sayAll(socket: WebSocket, steps: readonly Step[], raw: Socket): void {
  for (const step of steps) {
    if ('raw' in step) raw.write(step.raw);
    else socket.send(step.message, () => undefined);
  }
  // What follows bytes that are no frame is none either: the end of the connection has to do.
  if (steps.some((step) => 'raw' in step)) raw.end();
  else socket.send(JSON.stringify(PROBE), () => undefined);
}
