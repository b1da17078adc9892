import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../tests/support/eventually.js';
import { TestAuth } from '../../tests/support/test-auth.js';
import { FakeShop } from './support/fake-shop.js';
import { endingCodes, endingErrors, type Seen, type StreamRequest, transports } from './support/stream-clients.js';
import { TestGateway } from './support/test-gateway.js';

const ORDER = `subscription ($id: ID, $after: Int) {
  orderStatusChanged(orderId: $id, afterVersion: $after) { id status product { name } payment { status } }
}`;

const IN_FRAGMENT = 'subscription { ...F }';
const CONDITIONAL = '... on Subscription @include(if: false) { ticks(count: 1) }';

describe.each(transports)('subscriptions over %s', (transport, subscribe) => {
  let auth: TestAuth;
  let shop: FakeShop;
  let gateway: TestGateway;
  let opened: Seen[];

  beforeAll(async () => {
    auth = await TestAuth.start();
  });
  afterAll(() => auth.stop());
  beforeEach(async () => {
    opened = [];
    shop = await new FakeShop().start();
    gateway = await TestGateway.start(shop.compose(), {
      ...auth.settings,
      SUBGRAPH_TIMEOUT_MS: '3000',
    });
  });
  afterEach(async () => {
    for (const stream of opened) stream.close();
    await gateway.stop();
    await shop.stop();
  });

  const open = (request: StreamRequest): Seen => {
    const stream = subscribe(gateway, request);
    opened.push(stream);
    return stream;
  };
  const openOrder = (id: string | null, more: Partial<StreamRequest> = {}) =>
    open({ query: ORDER, variables: { id }, ...more });
  const answer = (id: string, status: string) => ({
    data: {
      orderStatusChanged: { id, status, product: { name: `product p${id}` }, payment: { status: 'SUCCEEDED' } },
    },
  });
  const statuses = ({ answers }: Seen) =>
    answers.map((each) => (each as ReturnType<typeof answer>).data?.orderStatusChanged?.status);
  const upstreamStreams = (count: number) =>
    eventually(() => {
      expect(shop.orders.streams).toBe(count);
      expect(gateway.gateway.operations.streams).toBe(count);
    });

  it('gives each event with the fields of every subgraph, and ends when the stream does', async () => {
    shop.orders.advance('1', 'PENDING');
    const stream = openOrder('1');
    await eventually(() => expect(stream.answers).toEqual([answer('1', 'PENDING')]));
    for (const status of ['PAID', 'SHIPPED', 'DELIVERED']) shop.orders.advance('1', status);
    await eventually(() => expect(stream.completed).toBe(true));
    expect(stream.answers).toEqual(['PENDING', 'PAID', 'SHIPPED', 'DELIVERED'].map((status) => answer('1', status)));
    await upstreamStreams(0);
  });

  it('begins a stream anew whose socket is just being closed, as it was idle', async () => {
    const before = openOrder(null);
    await upstreamStreams(1);
    before.close();
    await upstreamStreams(0);
    const closes = shop.orders.holdCloses();
    await eventually(() => expect(closes.asked()).toBe(1));
    const ticks = open({ query: 'subscription { ticks(count: 1) }' });
    await eventually(() => expect(gateway.gateway.operations.streams).toBe(1));
    closes.letGo();
    await eventually(() => expect(ticks.completed).toBe(true));
    expect([ticks.answers, endingErrors(ticks)]).toEqual([[{ data: { ticks: 1 } }], []]);
  });

  it.each([
    ['representations', 'like any other'],
    ['__proto__', 'as if it was not given'],
  ])('takes a variable of the name %s %s', async (name) => {
    const stream = open({
      query: `subscription ($${name}: ID) { orderStatusChanged(orderId: $${name}) { id status product { name } } }`,
      variables: JSON.parse(`{"${name}": "1"}`) as Record<string, unknown>,
    });
    await upstreamStreams(1);
    shop.orders.advance('1', 'PENDING');
    await eventually(() => expect([stream.answers.length, endingErrors(stream)]).toEqual([1, []]));
    expect(stream.answers).toEqual([
      { data: { orderStatusChanged: { id: '1', status: 'PENDING', product: { name: 'product p1' } } } },
    ]);
  });

  it('shows the subgraph whose token it is, in the operation and never in the socket', async () => {
    const tokens = [7, 8].map((userId) => auth.token({ userId }));
    for (const token of tokens) openOrder(null, { token });
    openOrder(null);
    await upstreamStreams(3);
    const shown = shop.orders.subscriptions.map(({ extensions }) => extensions?.['authorization']);
    expect(new Set(shown)).toEqual(new Set([...tokens.map((token) => `Bearer ${token}`), undefined]));
    expect(shop.orders.connections).toEqual([undefined]);
    expect(shop.orders.openSockets).toBe(1);
  });

  it('gives the rest of an event when a subgraph is away', async () => {
    await shop.payments.stop();
    shop.orders.advance('1', 'PAID');
    const stream = openOrder('1');
    await eventually(() =>
      expect(stream.answers).toEqual([
        {
          data: { orderStatusChanged: { ...answer('1', 'PAID').data.orderStatusChanged, payment: null } },
          errors: [
            expect.objectContaining({
              path: ['orderStatusChanged', 'payment'],
              extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
            }),
          ],
        },
      ]),
    );
  });

  it('may spread a fragment more than once', async () => {
    const query = `subscription ($id: ID) { orderStatusChanged(orderId: $id) { a: items { ...I } b: items { ...I } } }
      fragment I on Item { id quantity }`;
    shop.orders.advance('1', 'PENDING');
    const stream = open({ query, variables: { id: '1' } });
    const items = [{ id: '1.1', quantity: 2 }];
    const event = { data: { orderStatusChanged: { a: items, b: items } } };
    await eventually(() => expect([stream.error, stream.answers]).toEqual([undefined, [event]]));
    shop.orders.breakSockets();
    shop.orders.advance('1', 'CANCELLED');
    await eventually(() => expect(stream.completed).toBe(true));
    expect(stream.answers).toEqual([event, event]);
  });

  it('may have a variable of any name', async () => {
    const query = `subscription ($representations: String, $id: ID) {
      orderStatusChanged(orderId: $id) { product { name(suffix: $representations) } }
    }`;
    shop.orders.advance('1', 'PENDING');
    const stream = open({ query, variables: { id: '1', representations: '!' } });
    const event = { data: { orderStatusChanged: { product: { name: 'product p1!' } } } };
    await eventually(() => expect([stream.error, stream.answers]).toEqual([undefined, [event]]));
    const byId = 'subscription ($representations: ID!) { orderStatusChanged(orderId: $representations) { id } }';
    const other = open({ query: byId, variables: { representations: '1' } });
    const id = { data: { orderStatusChanged: { id: '1' } } };
    await eventually(() => expect([other.error, other.answers]).toEqual([undefined, [id]]));
  });

  it('leaves nothing behind when its client goes away', async () => {
    for (const id of ['1', '2']) shop.orders.advance(id, 'PENDING');
    const streams = [openOrder('1'), openOrder(null), openOrder('2')];
    await upstreamStreams(3);
    for (const stream of streams) stream.close();
    await upstreamStreams(0);
    await eventually(() => expect(shop.orders.openSockets).toBe(0));
  });

  const endsBecause = (stream: Seen, reason: string) =>
    eventually(
      () => {
        if (transport === 'a websocket') expect(stream.error).toMatchObject({ code: 4403, reason });
        else expect(endingErrors(stream)).toEqual([{ message: reason, extensions: { code: 'UNAUTHENTICATED' } }]);
      },
      { timeoutMs: 20_000 },
    );

  it('ends when its token does, and no other stream with it', async () => {
    const long = openOrder(null, { token: auth.token({ userId: 7 }) });
    await upstreamStreams(1);
    // Begun when all that is slow the first time has been done: nothing more has to happen within its life.
    const short = openOrder(null, { token: auth.token({ userId: 7, expiresInSeconds: 3 }) });
    await endsBecause(short, 'the token has expired');
    expect(long.error).toBeUndefined();
    await upstreamStreams(1);
  });

  it('ends within 5 seconds when its session does, and no other stream with it', async () => {
    const [here, elsewhere] = [randomUUID(), randomUUID()];
    const [ending, staying] = [here, elsewhere].map((sessionId) =>
      openOrder(null, { token: auth.token({ userId: 7, sessionId }) }),
    ) as [Seen, Seen];
    await upstreamStreams(2);
    auth.endSession(here);
    await endsBecause(ending, 'the session has ended');
    await upstreamStreams(1);
    shop.orders.advance('1', 'PENDING');
    await eventually(() => expect(statuses(staying)).toEqual(['PENDING']));
    expect(statuses(ending)).not.toContain('PENDING');
  });

  it('ends though an event of it is still being answered', async () => {
    const patient = await TestGateway.start(shop.compose(), {
      ...auth.settings,
      SUBGRAPH_TIMEOUT_MS: '60000',
    });
    const sessionId = randomUUID();
    const stream = subscribe(patient, { query: ORDER, token: auth.token({ userId: 7, sessionId }) });
    await eventually(() => expect(shop.orders.streams).toBe(1));
    let answer = () => {};
    const held = new Promise<void>((resolve) => (answer = resolve));
    shop.payments.override = (_request, response) => void held.then(() => response.end('{}'));
    shop.orders.advance('1', 'PENDING');
    auth.endSession(sessionId);
    await endsBecause(stream, 'the session has ended');
    await eventually(() => expect(shop.orders.streams).toBe(0));
    answer();
    shop.payments.override = null;
    stream.close();
    await patient.stop();
    expect(statuses(stream)).not.toContain('PENDING');
  });

  describe('after a break upstream', () => {
    it.each([null, 1000, 1001, 1012])('goes on without a gap or a double (close code %s)', async (code) => {
      shop.orders.advance('1', 'PENDING');
      const stream = openOrder('1');
      await eventually(() => expect(statuses(stream)).toEqual(['PENDING']));
      shop.orders.breakSockets(code);
      for (const status of ['A', 'B', 'C']) shop.orders.advance('1', status);
      await eventually(() => expect(statuses(stream)).toEqual(['PENDING', 'A', 'B', 'C']));
      shop.orders.advance('1', 'CANCELLED');
      await eventually(() => expect(stream.completed).toBe(true));
      expect(statuses(stream)).toEqual(['PENDING', 'A', 'B', 'C', 'CANCELLED']);
      expect(stream.error).toBeUndefined();
    });

    it('goes on once the subgraph is there again, wherever the client began', async () => {
      for (const status of ['A', 'B', 'C']) shop.orders.advance('1', status);
      const stream = openOrder('1', { variables: { id: '1', after: 1 } });
      await eventually(() => expect(statuses(stream)).toEqual(['B', 'C']));
      await shop.orders.stop();
      shop.orders.advance('1', 'D');
      await pause(300);
      await shop.orders.start();
      shop.orders.advance('1', 'E');
      await eventually(() => expect(statuses(stream)).toEqual(['B', 'C', 'D', 'E']));
      expect(stream.answers.at(-1)).toEqual(answer('1', 'E'));
    });

    it('goes on in the order that its variable names by default', async () => {
      shop.orders.advance('1', 'PENDING');
      const stream = open({ query: ORDER.replace('$id: ID', '$id: ID = "1"') });
      await eventually(() => expect(statuses(stream)).toEqual(['PENDING']));
      shop.orders.breakSockets();
      for (const status of ['A', 'CANCELLED']) shop.orders.advance('1', status);
      await eventually(() => expect(stream.completed).toBe(true));
      expect(statuses(stream)).toEqual(['PENDING', 'A', 'CANCELLED']);
    });

    it('ends with an error that says so when it has no place to resume from', async () => {
      const streams = [openOrder(null), open({ query: 'subscription { orderStatusChanged { id } }' })];
      await upstreamStreams(2);
      shop.orders.breakSockets();
      await eventually(() => {
        for (const stream of streams) expect(endingCodes(stream)).toEqual(['SUBGRAPH_UNAVAILABLE']);
      });
      await upstreamStreams(0);
    });
  });

  it('says at once when the subgraph is not there to begin with', async () => {
    await shop.orders.stop();
    const stream = openOrder('1');
    await eventually(() => expect(endingCodes(stream)).toEqual(['SUBGRAPH_UNAVAILABLE']));
  });

  it('ends with what tells its client to go on elsewhere when the gateway stops', async () => {
    const stream = openOrder(null);
    await upstreamStreams(1);
    await gateway.gateway.system.stop();
    if (transport === 'a websocket') await eventually(() => expect(stream.error).toMatchObject({ code: 1001 }));
    else await eventually(() => expect(endingCodes(stream)).toEqual(['SUBGRAPH_UNAVAILABLE']));
    await upstreamStreams(0);
  });

  it.each<[string, string, StreamRequest]>([
    ['an unknown field', 'BAD_USER_INPUT', { query: 'subscription { orderStatusChanged { nothing } }' }],
    ['malformed GraphQL', 'BAD_USER_INPUT', { query: 'subscription { orderStatusChanged {' }],
    ['a variable of the wrong type', 'BAD_USER_INPUT', { query: ORDER, variables: { id: {} } }],
    ['a root field on a condition', 'BAD_USER_INPUT', { query: 'subscription { ticks(count: 1) @skip(if: true) }' }],
    [
      'the same in a fragment',
      'BAD_USER_INPUT',
      { query: `${IN_FRAGMENT} fragment F on Subscription { ${CONDITIONAL} }` },
    ],
    ['a fragment on a condition', 'BAD_USER_INPUT', { query: `subscription { ${CONDITIONAL} }` }],
    ['two root fields', 'BAD_USER_INPUT', { query: 'subscription { ticks(count: 1) broken }' }],
    ['what the subgraph forbids', 'FORBIDDEN', { query: ORDER, variables: { id: 'forbidden' } }],
    ['what fails inside', 'INTERNAL_SERVER_ERROR', { query: ORDER, variables: { id: 'secret' } }],
    ['an event that fails inside', 'INTERNAL_SERVER_ERROR', { query: 'subscription { broken }' }],
  ])('answers %s with %s and no more', async (_what, code, request) => {
    const stream = open(request);
    await eventually(() => expect(endingCodes(stream)).toEqual([code]));
    expect(JSON.stringify([stream.error, stream.answers])).not.toMatch(/SELECT|stack|serviceName/);
    await upstreamStreams(0);
  });

  it('gives a burst in order', async () => {
    const stream = open({ query: 'subscription { t: ticks(count: 500) }' });
    await eventually(() => expect(stream.completed).toBe(true));
    expect(stream.answers).toEqual(Array.from({ length: 500 }, (_, index) => ({ data: { t: index + 1 } })));
  });
});
