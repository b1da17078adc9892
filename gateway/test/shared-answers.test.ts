import { TestAuth } from '../../tests/support/test-auth.js';
import { FakeShop } from './support/fake-shop.js';
import { TestGateway } from './support/test-gateway.js';

const QUERY = 'query Name($id: ID!, $suffix: String = "!") { product(id: $id) { name(suffix: $suffix) } }';
const MANY = 30;

describe('equal queries that are asked at the same time', () => {
  let auth: TestAuth;
  let shop: FakeShop;
  let gateway: TestGateway;
  const asked = () => shop.products.requests.length;

  beforeAll(async () => {
    auth = await TestAuth.start();
    shop = await new FakeShop().start();
    gateway = await TestGateway.start(shop.compose(), auth.settings);
  });
  afterAll(async () => {
    await gateway.stop();
    await shop.stop();
    await auth.stop();
  });

  const send = async (variables: object, token?: string) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query: QUERY, variables }),
    });
    return (await response.json()) as unknown;
  };
  const name = (text: string) => ({ data: { product: { name: text } } });
  const many = (variables: (index: number) => object, token?: string) =>
    Promise.all(Array.from({ length: MANY }, (_, index) => send(variables(index), token)));

  beforeEach(async () => {
    for (let times = 0; times < 2; times += 1) await send({ id: '1' });
    shop.products.requests.length = 0;
  });

  it('by nobody in particular share what subgraphs answer, whatever else they were sent with', async () => {
    expect(await many((index) => ({ id: '1', unknown: index }))).toEqual(Array(MANY).fill(name('product 1!')));
    expect(asked()).toBeLessThan(MANY);
  });

  it('share none with those of other variables, absent and null ones among them', async () => {
    const kinds = [{ id: '1' }, { id: '2' }, { id: '1', suffix: '?' }, { id: '1', suffix: null }];
    const answers = await many((index) => kinds[index % kinds.length] ?? {});
    const names = ['product 1!', 'product 2!', 'product 1?', 'product 1null'];
    expect(answers).toEqual(answers.map((_, index) => name(names[index % names.length] ?? '')));
  });

  it('by somebody are asked for each, with the identity of each', async () => {
    await many(() => ({ id: '1' }), auth.token({ userId: 7 }));
    expect(asked()).toBe(MANY);
    expect(shop.products.requests.every(({ authorization }) => authorization)).toBe(true);
  });

  it('share a failure too, and the next is asked anew', async () => {
    shop.products.override = (_request, response) => void response.writeHead(500).end();
    const answers = await many(() => ({ id: '1' }));
    shop.products.override = null;
    for (const answer of answers)
      expect(answer).toMatchObject({
        data: { product: null },
        errors: [{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }],
      });
    expect(await send({ id: '1' })).toEqual(name('product 1!'));
  });
});
