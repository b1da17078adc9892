import { UpstreamPool } from '../src/subscriptions/upstream-pool.js';
import { eventually } from '../../tests/support/eventually.js';
import { FakeShop } from './support/fake-shop.js';

it('keeps no socket of somebody who has gone, where each identity has one of its own', async () => {
  const shop = await new FakeShop().start();
  const pool = new UpstreamPool(true, () => ({}));
  const events: unknown[] = [];
  for (let n = 0; n < 20; n += 1) {
    const socket = pool.socketTo('orders', shop.orders.url, `Bearer made up ${n}`);
    socket.subscribe(
      { query: 'subscription { ticks(count: 1) }' },
      {
        next: (event) => void events.push(event),
        ...{ refused: () => undefined, broken: () => undefined, tooLarge: () => undefined, complete: () => undefined },
      },
    );
  }
  expect(pool.size).toBe(20);
  await eventually(() => expect(events).toHaveLength(20));
  await eventually(() => expect(pool.size).toBe(0));
  await pool.stop();
  await shop.stop();
});
