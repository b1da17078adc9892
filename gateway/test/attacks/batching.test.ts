import { once } from 'node:events';
import { WebSocket } from 'ws';
import { FakeShop } from '../support/fake-shop.js';
import { TestGateway } from '../support/test-gateway.js';

describe('operations in one request', () => {
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
  const one = { query: '{ paymentCount }' };

  it.each<[string, string, string]>([
    ['as an array', '/graphql', 'application/json'],
    ['as an array, over SSE', '/graphql/stream', 'application/json'],
    ['as an array, for multipart', '/graphql', 'multipart/mixed;subscriptionSpec="1.0"'],
  ])('are refused: %s', async (_what, path, accept) => {
    for (const batch of [[one], [one, one], []]) {
      const headers = { 'content-type': 'application/json', accept };
      const response = await fetch(gateway.origin + path, { method: 'POST', headers, body: JSON.stringify(batch) });
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] },
      ]);
    }
    expect(shop.payments.requests).toEqual([]);
  });

  it('are refused by GET: several parameters, or an array as one', async () => {
    const headers = { 'apollo-require-preflight': '1' };
    const query = encodeURIComponent('{ paymentCount }');
    for (const parameters of [
      `query=${query}&query=${query}`,
      `query=[${query},${query}]`,
      `query=${encodeURIComponent(JSON.stringify([one]))}`,
    ])
      expect((await fetch(`${gateway.url}?${parameters}`, { headers })).status).toBe(400);
    expect(shop.payments.requests).toEqual([]);
  });

  it('close a websocket', async () => {
    const socket = new WebSocket(gateway.websocketUrl, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: [one, one] }));
    expect((await once(socket, 'close'))[0]).toBe(4400);
    expect(shop.payments.requests).toEqual([]);
  });
});
