import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { eventually } from '../../../tests/support/eventually.js';
import { tcpProxy } from '../../../tests/support/tcp-proxy.js';
import { TestAuth } from '../../../tests/support/test-auth.js';
import { FakeShop } from '../support/fake-shop.js';
import { TestGateway } from '../support/test-gateway.js';

const STREAM = 'subscription { orderStatusChanged { id } }';
const TOO_MANY = { message: 'you may have 3 connections open at once', extensions: { code: 'RATE_LIMITED' } };

describe('clients that open too much', () => {
  let auth: TestAuth;
  let shop: FakeShop;
  let gateway: TestGateway;
  const sockets: WebSocket[] = [];
  const streams: AbortController[] = [];

  beforeAll(async () => {
    auth = await TestAuth.start();
    shop = await new FakeShop().start();
  });
  beforeEach(async () => {
    const settings = { MAX_CONNECTIONS_PER_USER: '3', MAX_STREAMS_PER_CONNECTION: '5', TRUSTED_PROXIES: '127.0.0.1' };
    const { jwksUrl: AUTH_JWKS_URL, sessionsUrl: AUTH_SESSIONS_URL } = auth;
    gateway = await TestGateway.start(shop.compose(), { AUTH_JWKS_URL, AUTH_SESSIONS_URL, ...settings });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.terminate();
    for (const stream of streams.splice(0)) stream.abort();
    await gateway.stop();
  });
  afterAll(async () => {
    await shop.stop();
    await auth.stop();
  });

  const tokenOf = (userId: number) => auth.token({ userId });
  /** A websocket after its hello: `open`, or how it was closed. */
  const websocket = async (token: string | null, address = '192.0.2.1') => {
    const headers = { 'x-forwarded-for': address };
    const socket = new WebSocket(gateway.websocketUrl, 'graphql-transport-ws', { headers });
    sockets.push(socket);
    await once(socket, 'open');
    socket.send(
      JSON.stringify({ type: 'connection_init', ...(token && { payload: { authorization: `Bearer ${token}` } }) }),
    );
    return await Promise.race([
      once(socket, 'message').then(() => 'open'),
      once(socket, 'close').then(([code, reason]) => ({ code, reason: String(reason) })),
    ]);
  };
  const CLOSED = { code: 4429, reason: TOO_MANY.message };
  const stream = async (
    transport: 'sse' | 'multipart',
    token: string | null,
    address = '192.0.2.1',
    origin = gateway.origin,
  ) => {
    const abort = new AbortController();
    streams.push(abort);
    const [path, accept] =
      transport === 'sse'
        ? ['/graphql/stream', 'text/event-stream']
        : ['/graphql', 'multipart/mixed;subscriptionSpec="1.0"'];
    const response = await fetch(origin + path, {
      method: 'POST',
      signal: abort.signal,
      headers: {
        'content-type': 'application/json',
        accept,
        'x-forwarded-for': address,
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query: STREAM }),
    });
    return response.status === 200 ? 200 : { status: response.status, body: await response.json() };
  };
  const REFUSED = { status: 429, body: { errors: [TOO_MANY] } };

  it('as one user get no further connection, of whatever kind, and from wherever', async () => {
    const token = tokenOf(7);
    expect(await websocket(token)).toBe('open');
    expect(await stream('sse', token, '192.0.2.2')).toBe(200);
    expect(await stream('multipart', token)).toBe(200);
    expect(await websocket(token, '192.0.2.3')).toEqual(CLOSED);
    expect(await stream('sse', token)).toEqual(REFUSED);
    expect(await stream('multipart', token)).toEqual(REFUSED);
    expect(await websocket(tokenOf(8))).toBe('open');
    expect(await websocket(null)).toBe('open');
  });

  it('as nobody are told apart by their addresses, as a trusted proxy says them', async () => {
    for (let n = 0; n < 3; n += 1) expect(await websocket(null)).toBe('open');
    expect(await websocket(null)).toEqual(CLOSED);
    expect(await stream('sse', null)).toEqual(REFUSED);
    expect(await websocket(null, '192.0.2.9')).toBe('open');
    expect(await websocket(tokenOf(7))).toBe('open');
  });

  it('get their places back when a connection ends, however it does', async () => {
    const token = tokenOf(7);
    expect(await websocket(token)).toBe('open');
    expect(await stream('sse', token)).toBe(200);
    expect(await stream('multipart', token)).toBe(200);
    sockets[0]?.terminate();
    streams[0]?.abort();
    streams[1]?.abort();
    await eventually(async () => expect(await websocket(token)).toBe('open'));
    await eventually(async () => expect(await stream('sse', token)).toBe(200));
    await eventually(async () => expect(await stream('multipart', token)).toBe(200));
  });

  it('and vanish behind a network that takes all that is sent, lose their places when their session ends', async () => {
    const door = await tcpProxy(gateway.origin);
    const sessionId = randomUUID();
    const token = auth.token({ userId: 7, sessionId });
    const vanish = (transport: 'sse' | 'multipart') => stream(transport, token, '192.0.2.1', `http://${door.host}`);
    expect([await vanish('sse'), await vanish('multipart')]).toEqual([200, 200]);
    for (const passage of door.passages()) passage.swallow();
    expect(await stream('sse', token)).toBe(200);
    expect(await stream('sse', token)).toEqual(REFUSED);
    auth.endSession(sessionId);
    await eventually(() => expect(gateway.gateway.operations.streams).toBe(0), { timeoutMs: 20_000 });
    expect(await stream('sse', tokenOf(7))).toBe(200);
    await door.close();
  });

  it('hold no place by what is refused', async () => {
    const token = tokenOf(7);
    for (let n = 0; n < 5; n += 1) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const body = JSON.stringify({ query: 'subscription { nothing }' });
      await (await fetch(`${gateway.url}/stream`, { method: 'POST', headers, body })).text();
    }
    await eventually(async () => expect(await websocket(token)).toBe('open'));
  });

  it('over one websocket run so many operations at once, and lose none of them by one too many', async () => {
    expect(await websocket(tokenOf(7))).toBe('open');
    const socket = sockets[0] as WebSocket;
    const messages: { id: string; type: string; payload: unknown }[] = [];
    socket.on('message', (data) => messages.push(JSON.parse(String(data))));
    const subscribe = (id: string) =>
      socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query: STREAM } }));
    for (const id of ['1', '2', '3', '4', '5', 'one too many']) subscribe(id);
    const refusal = { message: 'one connection may have 5 operations under way', extensions: { code: 'RATE_LIMITED' } };
    await eventually(() => expect(messages).toEqual([{ id: 'one too many', type: 'error', payload: [refusal] }]));
    await eventually(() => expect(shop.orders.streams).toBe(5));
    shop.orders.advance('1', 'PENDING');
    await eventually(() => expect(messages.filter(({ type }) => type === 'next')).toHaveLength(5));
    socket.send(JSON.stringify({ id: '1', type: 'complete' }));
    await eventually(() => expect(shop.orders.streams).toBe(4));
    subscribe('6');
    await eventually(() => expect(shop.orders.streams).toBe(5));
  });
});
