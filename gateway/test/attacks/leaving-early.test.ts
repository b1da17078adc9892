import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { eventually } from '../../../tests/support/eventually.js';
import { type TcpProxy, tcpProxy } from '../../../tests/support/tcp-proxy.js';
import { testRedis } from '../../../tests/support/test-redis.js';
import { FakeShop } from '../support/fake-shop.js';
import { TestGateway } from '../support/test-gateway.js';

const STREAM = 'subscription { orderStatusChanged { id } }';
const MOST = 5;

describe('clients that leave before they are answered', () => {
  let shop: FakeShop;
  let gateway: TestGateway;
  let redis: TcpProxy;
  beforeAll(async () => {
    shop = await new FakeShop().start();
    const { url, namespace } = testRedis();
    redis = await tcpProxy(url);
    const limits = { MAX_STREAMS_PER_CONNECTION: String(MOST), MAX_CONNECTIONS_PER_USER: String(MOST) };
    gateway = await TestGateway.start(
      shop.compose(),
      { ...limits, RATE_LIMIT_PER_MINUTE: '100000' },
      { url: `redis://${redis.host}`, namespace },
    );
  });
  afterAll(async () => {
    await gateway.stop();
    await redis.close();
    await shop.stop();
  });

  const isAlive = async () => expect((await fetch(`${gateway.origin}/healthz`)).status).toBe(200);
  const connected = async (): Promise<Socket> => {
    const socket = connect(Number(new URL(gateway.origin).port), '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  };
  const request = (path: string, headers: Record<string, string>) => {
    const lines = Object.entries({ host: 'shop', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
  };
  const upgrade = {
    ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };

  it('do no harm by resetting the connection of a websocket that they were refused', async () => {
    for (let n = 0; n < 20; n += 1) {
      const socket = await connected();
      socket.write(request('/graphql', { ...upgrade, origin: 'https://elsewhere.example' }));
      await once(socket, 'data');
      socket.resetAndDestroy();
    }
    await isAlive();
  });

  it('have the connection of a refused websocket closed, if they do not close it', async () => {
    const socket = connect({ port: Number(new URL(gateway.origin).port), host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    socket.write(request('/graphql', { ...upgrade, origin: 'https://elsewhere.example' }));
    await once(socket.resume(), 'end');
    // Nobody is there to read this any more.
    await eventually(() => {
      socket.write('x');
      expect(socket.destroyed).toBe(true);
    });
  });

  it('get no further operations by giving all the same name, and leave none behind', async () => {
    const socket = new WebSocket(gateway.websocketUrl, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await once(socket, 'message');
    const subscribe = JSON.stringify({ id: '1', type: 'subscribe', payload: { query: STREAM } });
    for (let n = 0; n < 40; n += 1) {
      socket.send(subscribe);
      socket.send(JSON.stringify({ id: '1', type: 'complete' }));
    }
    socket.send(subscribe);
    await eventually(() => expect(gateway.gateway.operations.streams).toBeGreaterThan(0));
    expect(gateway.gateway.operations.streams).toBeLessThanOrEqual(MOST);
    socket.terminate();
    await eventually(() => expect(gateway.gateway.operations.streams).toBe(0));
    await eventually(() => expect(shop.orders.streams).toBe(0));
  });

  it.each(['/graphql/stream', '/graphql'])('keep no place and no stream of %s', async (path) => {
    const query = `${path}?query=${encodeURIComponent(STREAM)}`;
    for (let n = 0; n < 3 * MOST; n += 1) {
      const socket = await connected();
      // Whoever is counted waits for Redis, and leaves meanwhile.
      const release = redis.passages().map((passage) => passage.hold());
      socket.write(request(query, { accept: 'text/event-stream' }), () => socket.destroy());
      await once(socket, 'close');
      release.forEach((resume) => resume());
    }
    await eventually(async () => {
      const abort = new AbortController();
      const response = await fetch(gateway.origin + query, {
        headers: { accept: 'text/event-stream' },
        signal: abort.signal,
      });
      expect(response.status).toBe(200);
      abort.abort();
    });
    await eventually(() => expect(gateway.gateway.operations.streams).toBe(0));
    await isAlive();
  });
});
