import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { eventually } from '../../tests/support/eventually.js';
import { FakeShop } from './support/fake-shop.js';
import { TestGateway } from './support/test-gateway.js';

const STATUSES = 'subscription { orderStatusChanged(orderId: "1") { status } }';

describe('a gateway that is stopped', () => {
  let shop: FakeShop;
  let gateway: TestGateway;

  beforeEach(async () => {
    shop = await new FakeShop().start();
    gateway = await TestGateway.start(shop.compose());
  });
  afterEach(async () => {
    await gateway.stop();
    await shop.stop();
  });

  const restart = async () => {
    const { port } = new URL(gateway.origin);
    await gateway.stop();
    gateway = await TestGateway.start(shop.compose(), { PORT: port });
  };

  it('closes websockets as one that goes away, so that clients connect and subscribe again by themselves', async () => {
    shop.orders.advance('1', 'PENDING');
    const [seen, codes]: [unknown[], number[]] = [[], []];
    let failure: unknown;
    const client: Client = createClient({
      url: gateway.websocketUrl,
      webSocketImpl: WebSocket,
      retryAttempts: 50,
      // Until it is there again, nobody listens on its port.
      shouldRetry: () => true,
      retryWait: () => new Promise((resolve) => setTimeout(resolve, 50)),
      on: { closed: (event) => codes.push((event as CloseEvent).code) },
    });
    const unsubscribe = client.subscribe<{ orderStatusChanged: { status: string } }>(
      { query: STATUSES },
      {
        next: ({ data }) => seen.push(data?.orderStatusChanged.status),
        error: (error) => (failure = error),
        complete: () => undefined,
      },
    );
    await eventually(() => expect(seen).toEqual(['PENDING']));
    await restart();
    await eventually(() => expect(seen).toEqual(['PENDING', 'PENDING']));
    shop.orders.advance('1', 'PAID');
    await eventually(() => expect(seen).toEqual(['PENDING', 'PENDING', 'PAID']));
    expect([failure, codes[0]]).toEqual([undefined, 1001]);
    unsubscribe();
    await client.dispose();
  });

  it('answers what it has begun, tells the client not to send more there, and has gone soon after', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    let asked = false;
    shop.orders.override = (_request, response) => {
      asked = true;
      response.setHeader('content-type', 'application/json');
      setTimeout(() => response.end(JSON.stringify({ data: { orders: [] } })), 500);
    };
    const answering = ask(agent);
    await eventually(() => expect(asked).toBe(true));
    const since = performance.now();
    const stopping = gateway.gateway.system.stop();
    const answer = await answering;
    expect([answer.status, answer.connection, answer.body]).toEqual([200, 'close', { data: { orders: [] } }]);
    await stopping;
    expect(performance.now() - since).toBeLessThan(1_800);
    agent.destroy();
  });

  async function ask(agent: Agent) {
    const headers = { 'content-type': 'application/json' };
    const asking = request(gateway.url, { agent, method: 'POST', headers });
    asking.end(JSON.stringify({ query: '{ orders { id } }' }));
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    return { status: response.statusCode, connection: response.headers.connection, body: await json(response) };
  }
});
