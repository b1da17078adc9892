import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { eventually } from '../../tests/support/eventually.js';
import { FakeShop } from './support/fake-shop.js';
import { TestGateway } from './support/test-gateway.js';

const ENDLESS = 'subscription { ticks(count: 1000000) }';

describe('a client that does not read', () => {
  let shop: FakeShop;
  let gateway: TestGateway;

  beforeAll(async () => {
    shop = await new FakeShop().start();
    gateway = await TestGateway.start(shop.compose());
  });
  afterAll(async () => {
    await gateway.stop();
    await shop.stop();
  });
  /** Its stream is given up: what the subgraph still sends for it goes nowhere. */
  const givenUp = async () => {
    await eventually(() => expect(shop.orders.subscriptions).toHaveLength(1));
    shop.orders.subscriptions.length = 0;
    await eventually(() => expect(gateway.gateway.operations.streams).toBe(0), { timeoutMs: 40_000 });
  };

  it.each([
    ['server-sent events', '/graphql/stream', 'text/event-stream'],
    ['multipart', '/graphql', 'multipart/mixed;subscriptionSpec="1.0"'],
  ])('is not waited for over %s', async (_transport, path, accept) => {
    const body = JSON.stringify({ query: ENDLESS });
    const socket = connect(Number(new URL(gateway.origin).port), '127.0.0.1');
    const head = [`POST ${path} HTTP/1.1`, 'Host: x', 'Content-Type: application/json', `Accept: ${accept}`];
    socket.pause();
    socket.write([...head, `Content-Length: ${body.length}`, '', body].join('\r\n'));
    await givenUp();
    socket.destroy();
  });

  it('is not waited for over a websocket, by none of its streams', async () => {
    const socket = new WebSocket(gateway.websocketUrl, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    const subscribe = (id: string, query: string) =>
      socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query } }));
    // One that has much to say, and others that say nothing, and would wait for ever.
    for (let n = 0; n < 20; n += 1) subscribe(`quiet${n}`, 'subscription { orderStatusChanged { id } }');
    await eventually(() => expect(gateway.gateway.operations.streams).toBe(20));
    subscribe('loud', ENDLESS);
    socket.pause();
    await eventually(() => expect(gateway.gateway.operations.streams).toBe(0), { timeoutMs: 40_000 });
    socket.terminate();
  });
});
