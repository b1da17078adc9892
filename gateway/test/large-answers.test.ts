import { graphqlRequest } from '../../tests/support/graphql-client.js';
import { Scrape } from '../../tests/support/scrape.js';
import { FakeShop } from './support/fake-shop.js';
import { TestGateway } from './support/test-gateway.js';

const LIMIT = 10_000;

describe("a subgraph's answer that is too large", () => {
  let shop: FakeShop;
  let gateway: TestGateway;
  let sent: number;
  beforeEach(async () => {
    shop = await new FakeShop().start();
    gateway = await TestGateway.start(shop.compose(), { ANSWER_LIMIT: String(LIMIT) });
    sent = 0;
  });
  afterEach(async () => {
    await gateway.stop();
    await shop.stop();
  });
  const ask = () => graphqlRequest(gateway.url, '{ paymentCount product(id: 1) { id } }');
  const answer = (bytes: number) => {
    const data = JSON.stringify({ data: { product: { id: '1' } } });
    shop.products.override = (_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(data.padEnd(bytes));
  };

  it('is not read to its end, and costs what was asked of it and one error', async () => {
    const chunk = ' '.repeat(LIMIT);
    shop.products.override = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = setInterval(() => (sent += 1) && response.write(chunk), 1);
      response.on('close', () => clearInterval(more));
    };
    const message = `the query asks for too much: a part of the answer has more than ${LIMIT} bytes`;
    expect(await ask()).toEqual({
      status: 200,
      data: { paymentCount: 1, product: null },
      errors: [{ message, path: ['product'], extensions: { code: 'BAD_USER_INPUT', field: 'query' } }],
    });
    expect(sent).toBeLessThan(100);
    const calls = (await Scrape.of(gateway.origin)).find('gateway_subgraph_request_duration_seconds_count');
    const outcomes = Object.fromEntries(calls.map(({ labels, value }) => [labels['outcome'], value]));
    expect(outcomes).toEqual({ ok: 1, too_large: 1 });
  });

  it('is one that has more bytes than the limit, for each answer anew', async () => {
    answer(LIMIT);
    for (let n = 0; n < 3; n += 1) expect((await ask()).errors).toBeUndefined();
    answer(LIMIT + 1);
    expect((await ask()).errors).toHaveLength(1);
    answer(LIMIT);
    expect((await ask()).errors).toBeUndefined();
  });
});
