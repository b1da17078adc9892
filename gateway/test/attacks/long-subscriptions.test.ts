import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../../../tests/support/eventually.js';
import { FakeShop } from '../support/fake-shop.js';
import { endingErrors, type Seen, transports } from '../support/stream-clients.js';
import { TestGateway } from '../support/test-gateway.js';

const LONG = 'a'.repeat(8_000);
/** The planner writes a fragment of one field out wherever it is spread. */
const written = (times: number, id: string) => {
  const spreads = Array.from({ length: times }, (_, n) => `i${n}: items { ...F }`).join(' ');
  return `subscription { orderStatusChanged(orderId: "${id}") { ${spreads} } } fragment F on Item { ${LONG}: id }`;
};
const SHORT = 'subscription { orderStatusChanged(orderId: "1") { status } }';
const TOO_LONG = {
  message: 'the query asks for too much: with its fragments put in place it is too long for a subscription',
  extensions: { code: 'BAD_USER_INPUT', field: 'query' },
};

describe.each(transports)('a subscription over %s that is long once its fragments are put in place', (_, subscribe) => {
  let shop: FakeShop;
  let gateway: TestGateway;
  let others: Seen;
  beforeEach(async () => {
    shop = await new FakeShop().start();
    // Limits under which this can happen at all.
    gateway = await TestGateway.start(shop.compose(), { MAX_NAME_LENGTH: '10000', MAX_ALIASES: '500' });
    shop.orders.advance('1', 'A');
    others = subscribe(gateway, { query: SHORT });
    await eventually(() => expect(others.answers).toHaveLength(1));
  });
  afterEach(async () => {
    others.close();
    await gateway.stop();
    await shop.stop();
  });
  const othersGoOn = async (sockets: number) => {
    shop.orders.advance('1', 'B');
    await eventually(() => expect(others.answers).toHaveLength(2));
    expect(others.error).toBeUndefined();
    expect(shop.orders.upgrades).toHaveLength(sockets);
  };

  it('is refused before it is sent, and breaks no other', async () => {
    const stream = subscribe(gateway, { query: written(150, '1') });
    await eventually(() => expect(endingErrors(stream)).toEqual([TOO_LONG]));
    expect(shop.orders.subscriptions).toHaveLength(1);
    await othersGoOn(1);
    expect(gateway.gateway.operations.streams).toBe(1);
    stream.close();
  });

  it('ends where it is too long for its subgraph, and others go on', async () => {
    const stream = subscribe(gateway, { query: written(3, '1') });
    await eventually(() => expect(stream.answers).toHaveLength(1));
    shop.orders.breakSockets(1009);
    await eventually(() => expect(endingErrors(stream)).toEqual([TOO_LONG]));
    await othersGoOn(2);
    await pause(200);
    expect(shop.orders.upgrades).toHaveLength(2);
    stream.close();
  });
});
