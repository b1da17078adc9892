import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { eventually } from '../../tests/support/eventually.js';
import { TestAuth } from '../../tests/support/test-auth.js';
import { FakeShop } from './support/fake-shop.js';
import { TestGateway } from './support/test-gateway.js';

describe('the websocket door', () => {
  let auth: TestAuth;
  let shop: FakeShop;
  let gateway: TestGateway;

  beforeAll(async () => {
    auth = await TestAuth.start();
    shop = await new FakeShop().start();
    gateway = await TestGateway.start(shop.compose(), auth.settings);
  });
  afterAll(async () => {
    await gateway.stop();
    await shop.stop();
    await auth.stop();
  });

  /** Sends these messages once connected, and answers how the socket was closed. */
  const closeAfter = async (...messages: (string | object)[]) => {
    const socket = new WebSocket(gateway.websocketUrl, 'graphql-transport-ws');
    socket.on('error', () => undefined);
    socket.on('open', () =>
      messages.forEach((each) => socket.send(typeof each === 'string' ? each : JSON.stringify(each))),
    );
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    return { code, reason: String(reason) };
  };
  const hello = (payload?: object) => ({ type: 'connection_init', payload });
  const subscribe = (id: string, query: string) => ({ id, type: 'subscribe', payload: { query } });

  it('closes with 4408 when no hello comes in time', async () => {
    expect(await closeAfter()).toEqual({ code: 4408, reason: 'Connection initialisation timeout' });
  });

  it('waits for the hello as long as it is told to', async () => {
    const hasty = await TestGateway.start(shop.compose(), { HELLO_TIMEOUT_MS: '50' });
    const since = performance.now();
    const [code] = (await once(new WebSocket(hasty.websocketUrl, 'graphql-transport-ws'), 'close')) as [number];
    expect([code, performance.now() - since < 2_500]).toEqual([4408, true]);
    await hasty.stop();
  });

  it('closes with 4400 when a client says what only a server may', async () => {
    const reason = 'a client may not send this message';
    expect(await closeAfter(hello(), { type: 'next', id: '1', payload: {} })).toEqual({ code: 4400, reason });
  });

  it.each<[string, object]>([
    ['forged', { authorization: 'Bearer a.b.c' }],
    ['of another scheme', { Authorization: 'Basic x' }],
    ['no string', { authorization: { token: 1 } }],
    ['what can not be a string', { authorization: { toString: 1 } }],
    ['what would be one', { authorization: ['Bearer a.b.c'] }],
    ['empty', { authorization: '' }],
  ])('closes with 4403 when the token is %s', async (_what, payload) => {
    expect(await closeAfter(hello(payload))).toMatchObject({ code: 4403, reason: expect.stringContaining('invalid') });
  });

  it('closes with 4403 when the token has expired', async () => {
    const token = auth.token({ userId: 7, expiresInSeconds: -10 });
    expect(await closeAfter(hello({ authorization: `Bearer ${token}` }))).toMatchObject({ code: 4403 });
  });

  it.each<[string, number, (string | object)[]]>([
    ['no JSON', 4400, ['hello?']],
    ['JSON of another kind', 4400, [{ type: 'nonsense' }]],
    ['an operation before the hello', 4401, [subscribe('1', '{ orders { id } }')]],
    ['two hellos', 4429, [hello(), hello()]],
    ['an operation without a query', 4400, [hello(), { id: '1', type: 'subscribe', payload: {} }]],
    ['a message that is too large', 1009, ['x'.repeat(200_000)]],
  ])('closes on %s with %i', async (_what, code, messages) => {
    expect(await closeAfter(...messages)).toMatchObject({ code });
  });

  it('refuses an upgrade elsewhere', async () => {
    const socket = new WebSocket(`${gateway.origin.replace('http', 'ws')}/elsewhere`);
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('404');
    const asked = request(`${gateway.origin}/healthz`, {
      headers: { connection: 'Upgrade', upgrade: 'websocket' },
    }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    expect([answer.statusCode, await json(answer)]).toEqual([200, { status: 'ok' }]);
  });

  it('serves queries and mutations too, in the name of the token', async () => {
    const token = auth.token({ userId: 7 });
    const client = createClient({
      url: gateway.websocketUrl,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
    });
    const run = async (query: string, variables = {}) => {
      const results = [];
      for await (const result of client.iterate({ query, variables })) results.push(result);
      return results;
    };
    expect(await run('mutation { placeOrder { id status } }')).toEqual([
      { data: { placeOrder: { id: '1', status: 'PENDING' } } },
    ]);
    expect(await run('{ whoAmI }')).toEqual([{ data: { whoAmI: `Bearer ${token}` } }]);
    await expect(run('{ nothing }')).rejects.toEqual([
      expect.objectContaining({ message: expect.stringContaining('nothing'), extensions: { code: 'BAD_USER_INPUT' } }),
    ]);
    await expect(run('query ($id: ID!) { order(id: $id) { id } }')).rejects.toEqual([
      expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT', field: 'id' } }),
    ]);
    await client.dispose();
  });

  it('closes with 4403 when its token expires, whatever it does', async () => {
    const token = auth.token({ userId: 7, expiresInSeconds: 1 });
    const closed = { code: 4403, reason: 'the token has expired' };
    const authorization = `Bearer ${token}`;
    expect(await closeAfter(hello({ authorization }))).toEqual(closed);
  });

  it('closes with 4403 when its session ends, and no other with it', async () => {
    const [sessionId, other] = [randomUUID(), randomUUID()];
    const connect = async (id: string) => {
      const socket = new WebSocket(gateway.websocketUrl, 'graphql-transport-ws');
      socket.on('open', () =>
        socket.send(JSON.stringify(hello({ authorization: `Bearer ${auth.token({ userId: 7, sessionId: id })}` }))),
      );
      await once(socket, 'message');
      return socket;
    };
    const [ending, staying] = [await connect(sessionId), await connect(other)];
    const [closed, since] = [once(ending, 'close'), performance.now()];
    auth.endSession(sessionId);
    const [code, reason] = (await closed) as [number, Buffer];
    expect([code, String(reason)]).toEqual([4403, 'the session has ended']);
    expect(performance.now() - since).toBeLessThan(5_000);
    expect(staying.readyState).toBe(staying.OPEN);
    staying.close();
    const token = auth.token({ userId: 7, sessionId });
    expect(await closeAfter(hello({ authorization: `Bearer ${token}` }))).toEqual({
      ...{ code: 4403, reason: 'invalid token' },
    });
  });

  it('cuts off who does not answer the close, with all of its streams', async () => {
    const { port } = new URL(gateway.origin);
    const raw = connect(Number(port), '127.0.0.1');
    const socket = new WebSocket(gateway.websocketUrl, 'graphql-transport-ws', { createConnection: () => raw });
    socket.on('error', () => undefined);
    const sessionId = randomUUID();
    const token = auth.token({ userId: 7, sessionId });
    socket.on('open', () => socket.send(JSON.stringify(hello({ authorization: `Bearer ${token}` }))));
    await once(socket, 'message');
    socket.send(JSON.stringify(subscribe('1', 'subscription { orderStatusChanged { id } }')));
    await eventually(() => expect(shop.orders.streams).toBe(1));
    raw.pause();
    auth.endSession(sessionId);
    await eventually(() => expect([shop.orders.streams, gateway.gateway.operations.streams]).toEqual([0, 0]), {
      timeoutMs: 20_000,
    });
    raw.destroy();
  });

  it('leaves nothing behind of a client that vanishes without a word', async () => {
    const { port } = new URL(gateway.origin);
    const raw = connect(Number(port), '127.0.0.1');
    const socket = new WebSocket(gateway.websocketUrl, 'graphql-transport-ws', { createConnection: () => raw });
    socket.on('error', () => undefined);
    socket.on('open', () => socket.send(JSON.stringify(hello())));
    await once(socket, 'message');
    socket.send(JSON.stringify(subscribe('1', 'subscription { orderStatusChanged { id } }')));
    await eventually(() => expect(shop.orders.streams).toBe(1));
    raw.destroy();
    await eventually(() => {
      expect(shop.orders.streams).toBe(0);
      expect(gateway.gateway.operations.streams).toBe(0);
    });
  });
});
