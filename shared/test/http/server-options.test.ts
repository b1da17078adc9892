import { once } from 'node:events';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import fastify, { type FastifyInstance } from 'fastify';
import { Pool } from 'undici';
import { WebSocket, WebSocketServer } from 'ws';
import { eventually } from '../../../tests/support/eventually.js';
import { serverOptions } from '../../src/http/server-options.js';

describe('a server that waits for a request', () => {
  let app: FastifyInstance;
  afterEach(() => app.close());
  const answerTo = async (bytes: string) => {
    const address = app.server.address();
    const socket = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
    socket.write(bytes);
    return text(socket);
  };

  it('gives its headers less time than the whole, and looks often enough for both', async () => {
    app = fastify(serverOptions);
    const { headersTimeout, requestTimeout } = app.server;
    expect(headersTimeout).toBeLessThan(requestTimeout);
    expect(serverOptions.http.connectionsCheckingInterval).toBeLessThan(headersTimeout);
    expect(requestTimeout).toBeLessThan(serverOptions.connectionTimeout);
  });

  it.each([
    ['its headers', 'GET / HTTP/1.1\r\nHost: x\r\n', 100, 60_000],
    ['its body', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{', 50, 100],
  ])('says when %s did not come in time', async (_what, bytes, headersTimeout, requestTimeout) => {
    const http = { ...serverOptions.http, headersTimeout, connectionsCheckingInterval: 20 };
    app = fastify({ ...serverOptions, requestTimeout, http });
    app.post('/', () => 'never');
    await app.listen({ port: 0, host: '127.0.0.1' });
    expect(await answerTo(bytes)).toMatch(
      /^HTTP\/1\.1 408 Request Timeout\r\n[^]*\{"error":"the request did not arrive in time"\}$/,
    );
  });
});

it('a connection that is kept ends after many answers, so that the next one may lead elsewhere', async () => {
  const app = fastify({ ...serverOptions, maxRequestsPerSocket: 3 });
  expect(serverOptions.maxRequestsPerSocket).toBeGreaterThan(100);
  app.get('/', () => 'here');
  let connections = 0;
  app.server.on('connection', () => (connections += 1));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  const pool = new Pool(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`, {
    connections: 1,
  });
  for (let n = 0; n < 7; n += 1) {
    const { statusCode, body } = await pool.request({ method: 'GET', path: '/' });
    expect([statusCode, await body.text()]).toEqual([200, 'here']);
  }
  expect(connections).toBe(3);
  await pool.close();
  await app.close();
});

describe('a server whose connection stands still', () => {
  const STILL_MS = 400;
  let app: FastifyInstance;
  beforeEach(() => {
    app = fastify({ ...serverOptions, connectionTimeout: STILL_MS });
  });
  afterEach(() => app.close());
  const listen = async () => {
    await app.listen({ port: 0, host: '127.0.0.1' });
    const address = app.server.address();
    return typeof address === 'object' && address ? address.port : 0;
  };
  const connections = () =>
    new Promise<number>((resolve) => app.server.getConnections((_error, count) => resolve(count)));

  it('gives up a client that never reads its answer', async () => {
    app.get('/', () => Buffer.alloc(64 * 2 ** 20));
    const socket = connect(await listen(), '127.0.0.1').pause();
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(app.server, 'request');
    await eventually(async () => expect(await connections()).toBe(0), { timeoutMs: 20_000 });
    socket.destroy();
  });

  it('gives up what such an answer is read from', async () => {
    const source = new PassThrough();
    app.get('/', (_request, reply) => reply.send(source));
    const socket = connect(await listen(), '127.0.0.1').pause();
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(app.server, 'request');
    source.write(Buffer.alloc(64 * 2 ** 20));
    await eventually(() => expect(source.destroyed).toBe(true), { timeoutMs: 20_000 });
    socket.destroy();
  });

  it('keeps a stream that says something now and then', async () => {
    const source = new PassThrough();
    app.get('/', (_request, reply) => reply.send(source));
    const port = await listen();
    let beats = 0;
    const heart = setInterval(() => {
      if ((beats += 1) === 20) source.end();
      else source.write('.');
    }, STILL_MS / 10);
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    expect(await answer.text()).toBe('.'.repeat(19));
    clearInterval(heart);
  });

  it('keeps a websocket that says nothing', async () => {
    app.get('/graphql', () => 'never');
    const websockets = new WebSocketServer({ server: app.server, path: '/graphql' });
    const port = await listen();
    const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`);
    const [accepted] = (await once(websockets, 'connection')) as [WebSocket];
    // A connection that came later, and is as quiet, has ended by its time.
    const plain = connect(port, '127.0.0.1').resume();
    await once(plain, 'close');
    expect(accepted.readyState).toBe(WebSocket.OPEN);
    socket.terminate();
  });
});
