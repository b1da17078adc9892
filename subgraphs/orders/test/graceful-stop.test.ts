import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { OrdersWorld } from './support/orders-world.js';

let world: OrdersWorld;
beforeAll(async () => void (world = await OrdersWorld.open()));
afterAll(() => world.close());

describe('an orders process that is stopped', () => {
  it('does not wait for a subscriber that answers nothing', async () => {
    const orders = await world.start();
    const { hostname, port } = new URL(orders.url);
    const raw = connect(Number(port), hostname);
    const url = `${orders.url.replace('http', 'ws')}/graphql`;
    const socket = new WebSocket(url, 'graphql-transport-ws', { createConnection: () => raw });
    socket.on('error', () => undefined);
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await once(socket, 'message');
    // From now on it hears nothing, and so does not answer when it is told that the server goes away.
    raw.pause();
    const since = performance.now();
    await world.stop(orders);
    expect(performance.now() - since).toBeLessThan(8_000);
    raw.destroy();
  });
});
