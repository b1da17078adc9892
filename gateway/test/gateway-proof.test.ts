import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gatewaySecretFor } from '@shop/shared/auth/gateway-secret';
import { SubgraphAccess } from '@shop/shared/http/behind-gateway';
import { createLogger } from '@shop/shared/logging/logger';
import { silentTelemetry } from '@shop/shared/telemetry/telemetry';
import { eventually } from '../../tests/support/eventually.js';
import { graphqlRequest } from '../../tests/support/graphql-client.js';
import { repositoryRoot } from '../src/config.js';
import { FakeShop } from './support/fake-shop.js';
import { FakeSubgraph } from './support/fake-subgraph.js';
import { type Seen, transports } from './support/stream-clients.js';
import { TestGateway } from './support/test-gateway.js';

const GATEWAY_SECRET = 'a secret of the gateway';
const PROOF = 'x-gateway-identity';
const ORDER = `subscription { orderStatusChanged(orderId: "1") { id product { name } payment { status } } }`;

describe('a gateway that has a secret', () => {
  let shop: FakeShop;
  let gateway: TestGateway;
  let opened: Seen[];
  beforeEach(async () => {
    opened = [];
    shop = await new FakeShop().start();
    gateway = await TestGateway.start(shop.compose(), { GATEWAY_SECRET });
  });
  afterEach(async () => {
    for (const stream of opened) stream.close();
    await gateway.stop();
    await shop.stop();
  });
  /** Whether a service that has its own part of the secret would let these requests in. */
  const admitted = (service: string, requests: FakeSubgraph['requests']) => {
    const access = new SubgraphAccess(service, { GATEWAY_SECRET: gatewaySecretFor(service, GATEWAY_SECRET) });
    return requests.map((headers) => access.admits({ headers }));
  };

  it('proves itself to each service by a proof for that one alone, which it signs once for many requests', async () => {
    const query = '{ product(id: "1") { name } paymentCount }';
    for (let time = 0; time < 2; time += 1) expect((await graphqlRequest(gateway.url, query)).errors).toBeUndefined();
    const { products, payments } = shop;
    expect(admitted('products', products.requests)).toEqual([true, true]);
    expect(admitted('payments', payments.requests)).toEqual([true, true]);
    expect(admitted('products', payments.requests)).toEqual([false, false]);
    const shown = [products, payments].map(({ requests }) => requests.map(({ [PROOF]: proof }) => proof));
    expect(shown.map((proofs) => new Set(proofs).size)).toEqual([1, 1]);
    expect(new Set(shown.flat()).size).toBe(2);
  });

  it.each(transports)(
    'proves itself by the websocket, too, that brings a subscription over %s',
    async (_name, subscribe) => {
      shop.orders.advance('1', 'PAID');
      opened.push(subscribe(gateway, { query: ORDER }));
      await eventually(() => expect(opened[0]?.answers).toHaveLength(1));
      expect(admitted('orders', shop.orders.upgrades)).toEqual([true]);
      expect(admitted('products', shop.products.requests)).toEqual([true]);
    },
  );

  it('and is not known to a service takes that for one that is away, and tells no client why', async () => {
    const refusal = { message: 'only the gateway may ask here', extensions: { code: 'FORBIDDEN' } };
    shop.products.override = (_request, response) => {
      response.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify({ errors: [refusal] }));
    };
    const { errors } = await graphqlRequest(gateway.url, '{ product(id: "1") { name } }');
    expect(errors).toEqual([
      expect.objectContaining({ path: ['product'], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }),
    ]);
    expect(JSON.stringify(errors)).not.toMatch(/gateway|secret/i);
  });
});

describe('in front of somebody else', () => {
  let reviews: FakeSubgraph;
  beforeAll(async () => {
    const sdl = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
      type Query { review: String }`;
    reviews = await new FakeSubgraph('reviews', sdl, { Query: { review: () => 'good' } }).start();
  });
  afterAll(() => reviews.stop());

  it.each([{}, { GATEWAY_SECRET }])(
    'a gateway shows no proof, and what it is refused is for its client to read: %j',
    async (settings) => {
      const composed = FakeShop.prototype.compose.call({ subgraphs: [reviews] } as unknown as FakeShop);
      const gateway = await TestGateway.start(composed, settings);
      expect(await graphqlRequest(gateway.url, '{ review }')).toEqual({ status: 200, data: { review: 'good' } });
      expect(reviews.requests.at(-1)).not.toHaveProperty(PROOF);
      const refusal = { message: 'no reviews for you', extensions: { code: 'FORBIDDEN' } };
      reviews.override = (_request, response) => {
        response.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify({ errors: [refusal] }));
      };
      expect((await graphqlRequest(gateway.url, '{ review }')).errors).toMatchObject([refusal]);
      reviews.override = null;
      await gateway.stop();
    },
  );
});

it('says in its log that services refuse it, when it has no secret to prove itself by', async () => {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const logger = createLogger('gateway', 'warn', { destinations: [{ level: 'warn', stream }] });
  const supergraph = await readFile(path.join(repositoryRoot, 'gateway/supergraph.graphql'), 'utf8');
  const gateway = await TestGateway.start(supergraph, {}, undefined, { ...silentTelemetry('gateway'), logger });
  await gateway.stop();
  expect(lines.join('')).toContain(
    'there is no GATEWAY_SECRET, so services refuse this gateway, unless their SUBGRAPH_ACCESS is open',
  );
});
