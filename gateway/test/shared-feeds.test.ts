import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventually } from '../../tests/support/eventually.js';
import { TestAuth } from '../../tests/support/test-auth.js';
import { FakeShop } from './support/fake-shop.js';
import { type Seen, transports } from './support/stream-clients.js';
import { TestGateway } from './support/test-gateway.js';

const ORDER = `subscription ($id: ID, $after: Int) {
  orderStatusChanged(orderId: $id, afterVersion: $after) { id status version payment { status } }
}`;
const MANY = 20;
const STEPS = 200;
const [[, overWebsocket]] = transports as [(typeof transports)[number]];

describe('equal subscriptions', () => {
  let auth: TestAuth;
  let shop: FakeShop;
  let gateway: TestGateway;
  let token: string;
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
      MAX_CONNECTIONS_PER_USER: '1000',
    });
    token = auth.token({ userId: 7 });
  });
  afterEach(async () => {
    for (const stream of opened) stream.close();
    await gateway.stop();
    await shop.stop();
  });

  const open = (variables: Record<string, unknown> = { id: '1' }, as = token): Seen => {
    const stream = overWebsocket(gateway, { query: ORDER, variables, token: as });
    opened.push(stream);
    return stream;
  };
  const versions = ({ answers }: Seen) =>
    answers.map(
      (each) => (each as { data: { orderStatusChanged: { version: number } } }).data.orderStatusChanged.version,
    );
  const allCameTo = (streams: readonly Seen[], expected: readonly number[]) =>
    eventually(() => expect(streams.map(versions)).toEqual(streams.map(() => expected)));
  const streamsUpstream = (count: number) => eventually(() => expect(shop.orders.streams).toBe(count));

  it('of one token are one at the subgraph, whose events are completed once for all', async () => {
    shop.orders.advance('1', 'PENDING');
    const streams = Array.from({ length: MANY }, () => open());
    await allCameTo(streams, [1]);
    await streamsUpstream(1);
    expect(gateway.gateway.operations.streams).toBe(MANY);
    const before = shop.payments.requests.length;
    shop.orders.advance('1', 'PAID');
    await allCameTo(streams, [1, 2]);
    expect(shop.payments.requests.length - before).toBe(1);
    expect(new Set(streams.map(({ answers }) => JSON.stringify(answers))).size).toBe(1);
    shop.orders.advance('1', 'CANCELLED');
    await eventually(() => expect(streams.every(({ completed }) => completed)).toBe(true));
    await streamsUpstream(0);
  });

  it('of other tokens, or with other variables, are others', async () => {
    for (const id of ['1', '2']) shop.orders.advance(id, 'PENDING');
    const streams = [
      open(),
      open({ id: '2' }),
      open({ id: '1' }, auth.token({ userId: 8 })),
      open({ id: '1', after: 0 }),
    ];
    await allCameTo(streams, [1]);
    shop.orders.advance('1', 'PAID');
    await eventually(() => expect(streams.map((stream) => versions(stream).length)).toEqual([2, 1, 2, 2]));
    expect(shop.orders.streams).toBe(4);
  });

  it('go on when the one that was there first goes, and end upstream with the last', async () => {
    shop.orders.advance('1', 'PENDING');
    const first = open();
    await allCameTo([first], [1]);
    const second = open();
    await allCameTo([second], [1]);
    await streamsUpstream(1);
    first.close();
    await eventually(() => expect(gateway.gateway.operations.streams).toBe(1));
    shop.orders.advance('1', 'PAID');
    await allCameTo([second], [1, 2]);
    second.close();
    await streamsUpstream(0);
  });

  it('that have no versions are not shared', async () => {
    const streams = [open({}), open({})];
    await streamsUpstream(2);
    shop.orders.advance('1', 'PENDING');
    await allCameTo(streams, [1]);
    expect(shop.orders.streams).toBe(2);
  });

  it('miss nothing and see nothing twice, whoever comes and goes and whatever breaks', async () => {
    const step = fc.constantFrom('come', 'come', 'replay', 'go', 'advance', 'advance', 'breathe', 'break');
    const steps = fc.sample(fc.array(step, { minLength: STEPS, maxLength: STEPS }), { numRuns: 1, seed: 7 })[0] ?? [];
    let last = shop.orders.advance('1', 'V').version;
    const streams: { readonly stream: Seen; readonly first: number | null }[] = [];
    const come = (first: number | null) =>
      streams.push({ stream: open(first === null ? { id: '1' } : { id: '1', after: first - 1 }), first });
    // One that breaks, or is left, before it was there ends otherwise.
    const allAreThere = () =>
      eventually(() => expect(streams.filter(({ stream }) => stream.answers.length === 0)).toEqual([]));
    for (const each of steps) {
      if (each === 'come') come(null);
      else if (each === 'replay') come(Math.max(1, last - 2));
      else if (each === 'advance') last = shop.orders.advance('1', 'V').version;
      else if (each === 'breathe') await new Promise((resolve) => setImmediate(resolve));
      else {
        await allAreThere();
        if (each === 'go') streams.shift()?.stream.close();
        else shop.orders.breakSockets();
      }
    }
    last = shop.orders.advance('1', 'V').version;
    await eventually(() =>
      expect(streams.map(({ stream }) => versions(stream).at(-1))).toEqual(streams.map(() => last)),
    );
    for (const { stream, first } of streams) {
      const seen = versions(stream);
      if (first !== null) expect(seen[0]).toBe(first);
      expect(seen).toEqual(seen.map((_, index) => (seen[0] ?? 0) + index));
    }
    expect(streams.length).toBeGreaterThan(MANY);
    await eventually(() => expect(shop.orders.streams).toBeLessThan(MANY));
  });
});
