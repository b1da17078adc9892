import { randomUUID } from 'node:crypto';
import { eventually } from '../../../tests/support/eventually.js';
import { type OrdersProcess, OrdersWorld } from './support/orders-world.js';
import { Watch } from './support/watch.js';

/** The keys are fetched every 15 seconds at the latest, and the gateway has 5 seconds to tell it first. */
const LATEST = { timeoutMs: 22_000 };

describe('a stream that the gateway does not end', () => {
  let world: OrdersWorld;
  let orders: OrdersProcess;
  const watches: Watch[] = [];
  beforeAll(async () => {
    world = await OrdersWorld.open();
    orders = await world.start({ AUTH_SESSIONS_URL: world.auth.sessionsUrl });
  });
  afterAll(async () => {
    await Promise.all(watches.map((watch) => watch.leave()));
    await world.close();
  });
  const aWatch = async (claims: { sessionId?: string; expiresInSeconds?: number } = {}) => {
    const { userId, token } = world.aBuyer();
    const { id } = await world.place(orders, token);
    const watch = new Watch(orders.url, world.auth.token({ userId, ...claims }), { id });
    watches.push(watch);
    await watch.saw(1);
    return watch;
  };

  it('ends with the token, its session, or its key', async () => {
    const sessionId = randomUUID();
    const [short, ending, lasting] = [
      await aWatch({ expiresInSeconds: 3 }),
      await aWatch({ sessionId }),
      await aWatch({ sessionId: randomUUID(), expiresInSeconds: 2_000_000_000 }),
    ];
    world.auth.endSession(sessionId);
    const code = 'UNAUTHENTICATED';
    await eventually(() => {
      expect(short.errors).toMatchObject([{ message: 'the token has expired', extensions: { code } }]);
      expect(ending.errors).toMatchObject([{ message: 'the session has ended', extensions: { code } }]);
    }, LATEST);
    expect([lasting.errors, lasting.completed]).toEqual([[], false]);

    world.auth.changeKey('next');
    await eventually(() => {
      expect(lasting.errors).toMatchObject([{ message: "the token's key was withdrawn", extensions: { code } }]);
    }, LATEST);
    expect(lasting.seen).toHaveLength(1);
  });
});
