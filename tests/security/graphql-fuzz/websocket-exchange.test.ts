import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { converse } from './websocket-exchange.js';

const operation = '{"type":"subscribe","id":"1","payload":{"query":"{ cart { id } }"}}';
const script = { name: 'an operation', protocol: 'graphql-transport-ws', steps: [{ message: operation }] };
const refusal = { message: 'one connection may have 50 operations under way', extensions: { code: 'RATE_LIMITED' } };

describe('what is said to a websocket', () => {
  let server: WebSocketServer;
  let answer: (socket: WebSocket, message: { id: string }) => void;
  beforeAll(async () => {
    server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket: WebSocket) =>
      socket.on('message', (data: Buffer) => answer(socket, JSON.parse(String(data)) as { id: string })),
    );
    await once(server, 'listening');
  });
  afterAll(() => server.close());
  const said = (deadlineMs = 5_000) => converse((server.address() as AddressInfo).port, script, deadlineMs);
  /** Answers the last thing that is said, and nothing before. */
  const lastAnswered =
    (message: object) =>
    (socket: WebSocket, { id }: { id: string }) =>
      id === '1' ? undefined : socket.send(JSON.stringify({ ...message, id }));

  it.each([
    ['data', { type: 'complete' }],
    ['a refusal', { type: 'error', payload: [refusal] }],
  ])('has been read once its end is answered by %s', async (_what, message) => {
    answer = lastAnswered(message);
    expect(await said()).toMatchObject({ silent: false, closed: null, messages: [expect.stringContaining('probe')] });
  });

  it('has been read once it is closed', async () => {
    answer = (socket) => socket.close(4400, 'what is this?');
    expect(await said()).toMatchObject({ silent: false, closed: { code: 4400, reason: 'what is this?' } });
  });

  it.each([
    ['nothing', () => undefined],
    ['what begins and does not end', lastAnswered({ type: 'next', payload: { data: { __typename: 'Query' } } })],
    ['an answer to another', (socket: WebSocket) => socket.send('{"id":"1","type":"complete"}')],
    ['a pong', (socket: WebSocket) => socket.send('{"type":"pong"}')],
  ])('is unanswered as long as there is only %s', async (_what, only) => {
    answer = only;
    expect(await said(300)).toMatchObject({ silent: true, closed: null });
  });
});
