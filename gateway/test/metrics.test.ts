import { randomUUID } from 'node:crypto';
import { eventually } from '../../tests/support/eventually.js';
import { graphqlRequest } from '../../tests/support/graphql-client.js';
import { Scrape } from '../../tests/support/scrape.js';
import { FakeShop } from './support/fake-shop.js';
import { transports } from './support/stream-clients.js';
import { TestGateway } from './support/test-gateway.js';

const OPERATIONS = 'graphql_operation_duration_seconds_count';
const CALLS = 'gateway_subgraph_request_duration_seconds_count';

describe('the metrics of a gateway', () => {
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
  const ask = (query: string) => graphqlRequest(gateway.url, query);
  const scrape = () => Scrape.of(gateway.origin);

  it('count operations by kind, name and outcome', async () => {
    await ask('query Count { paymentCount }');
    await ask('query Count { nothingOfTheSort }');
    await ask('mutation Fail { placeOrder(fail: "CONFLICT") { id } }');
    await ask('mutation Break { placeOrder(fail: "internal") { id } }');
    await ask('{ paymentCount }');
    const seen = await scrape();
    const count = (operation_type: string, operation_name: string, outcome: string) =>
      seen.value(OPERATIONS, { operation_type, operation_name, outcome });
    expect(count('query', 'Count', 'ok')).toBe(1);
    expect(count('none', 'none', 'refused')).toBe(1);
    expect(count('mutation', 'Fail', 'refused')).toBe(1);
    expect(count('mutation', 'Break', 'failed')).toBe(1);
    expect(count('query', 'anonymous', 'ok')).toBe(1);
  });

  it('know fifty names of operations at once, more when they come often, and call all others one', async () => {
    const names = Array.from({ length: 1_000 }, () => `N${randomUUID().replaceAll('-', '')}`);
    for (const name of names) await ask(`query ${name} { paymentCount }`);
    const found = (await scrape()).find(OPERATIONS);
    expect(found).toHaveLength(51);
    expect(found.find(({ labels }) => labels['operation_name'] === 'other')?.value).toBe(950);
  });

  it('show whether plans were there, and how many are kept', async () => {
    for (const name of ['A', 'B', 'A', 'A']) await ask(`query ${name} { paymentCount }`);
    const seen = await scrape();
    const lookups = (outcome: string) => seen.value('gateway_plan_cache_lookups_total', { outcome });
    expect([lookups('hit'), lookups('miss'), seen.value('gateway_plan_cache_entries')]).toEqual([2, 2, 2]);
  });

  it('show the calls of each subgraph, and those without an answer', async () => {
    await ask('{ product(id: "1") { id } paymentCount }');
    shop.payments.override = (_request, response) => void response.writeHead(500).end('broken');
    await ask('{ paymentCount }');
    const seen = await scrape();
    expect(seen.value(CALLS, { subgraph: 'products', outcome: 'ok' })).toBe(1);
    expect(seen.value(CALLS, { subgraph: 'payments', outcome: 'ok' })).toBe(1);
    expect(seen.value(CALLS, { subgraph: 'payments', outcome: 'unavailable' })).toBe(1);
    expect(seen.value(OPERATIONS, { outcome: 'failed' })).toBe(1);
  });

  it('show the subscriptions of each transport while they last, and their events', async () => {
    shop.orders.advance('1', 'PENDING');
    const query = 'subscription Watch { orderStatusChanged(orderId: "1") { status } }';
    const streams = transports.map(([, subscribe]) => subscribe(gateway, { query }));
    await eventually(() => expect(streams.map(({ answers }) => answers.length)).toEqual([1, 1, 1]));
    const open = async () => {
      const seen = await scrape();
      const of = (name: string) =>
        ['websocket', 'sse', 'multipart'].map((transport) => seen.value(name, { transport }));
      return [
        of('graphql_subscriptions'),
        of('graphql_subscription_events_total'),
        seen.value('gateway_websocket_connections'),
      ];
    };
    expect(await open()).toEqual([[1, 1, 1], [1, 1, 1], 1]);
    for (const stream of streams) stream.close();
    await eventually(async () => expect(await open()).toEqual([[0, 0, 0], [1, 1, 1], 0]));
    const seen = await scrape();
    expect(seen.find('http_request_duration_seconds_count', { route: '/graphql/stream' })).toEqual([]);
  });
});
