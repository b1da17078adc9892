import { randomUUID } from 'node:crypto';
import { RunningShop } from '../e2e/running-shop.js';
import { eventually } from '../support/eventually.js';

const LARGEST = Number.MAX_SAFE_INTEGER;

describe('amounts past 2^31, by REST through the gateway, each service a process on real servers', () => {
  let shop: RunningShop;
  let token: string;
  beforeAll(async () => {
    shop = await RunningShop.start('processes', {
      CATALOG_WRITES: 'public',
      LOG_LEVEL: 'warn',
      PAYMENT_DECLINE_ABOVE: String(LARGEST),
    });
    const username = `u${randomUUID().replaceAll('-', '').slice(0, 20)}`;
    const password = 'a long passphrase';
    await send('POST', '/auth/register', { username, password, email: `${username}@example.com` });
    ({ token } = (await send('POST', '/auth/login', { login: username, password })).body as { token: string });
  });
  afterAll(() => shop?.stop());

  /** `text`: the answer as it came over the wire, before JSON.parse could round a number. */
  async function send(method: string, path: string, body?: unknown, bearer?: string) {
    const response = await fetch(`${shop.gateway}${path}`, {
      method,
      headers: {
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, text, body: text ? (JSON.parse(text) as unknown) : undefined };
  }
  const aProduct = async (price: number) => {
    const made = await send('POST', '/products', { name: `Sold at ${price}`, price, stock: 2 ** 31 - 1 });
    expect(made).toMatchObject({ status: 201, body: { price } });
    return (made.body as { id: number }).id;
  };

  it('are set by anyone, where the catalogue is open, and the log says that it is', async () => {
    await aProduct(1);
    expect(shop.said).toContain('CATALOG_WRITES=public');
  });

  it.each([2 ** 31, 2 ** 32 + 7, LARGEST - 1, LARGEST])(
    'keep every cent of %d from the catalogue to the payment',
    async (price) => {
      const product_id = await aProduct(price);
      expect((await send('GET', `/products/${product_id}`)).text).toContain(`"price":${price},`);
      // The cart's price came by an event.
      const inCart = await eventually(async () => {
        const added = await send('POST', '/cart', { product_id, quantity: 1 }, token);
        expect(added.status).toBe(201);
        return added;
      });
      expect(inCart.text).toContain(`"price":${price},"subtotal":${price}}`);
      const placed = await send('POST', '/orders', {}, token);
      expect(placed.text).toContain(`"total":${price},`);
      const { uuid } = placed.body as { uuid: string };
      // So did the amount of the payment, and the order's end.
      await eventually(
        async () =>
          expect((await send('GET', `/orders/${uuid}`, undefined, token)).body).toMatchObject({
            status: 'Paid',
            total: price,
          }),
        { timeoutMs: 15_000 },
      );
      const payment = await send('GET', `/payments/${uuid}`, undefined, token);
      expect(payment.text).toContain(`"amount":${price},`);
      expect(payment.body).toMatchObject({ status: 'SUCCEEDED' });
    },
  );

  it('never come to more than JSON keeps exactly', async () => {
    const product_id = await aProduct(LARGEST);
    expect(await send('POST', '/cart', { product_id, quantity: 2 }, token)).toMatchObject({
      status: 400,
      body: { error: 'the total is too large' },
    });
    expect((await send('POST', '/products', { name: 'Too dear', price: 2 ** 53, stock: 1 })).status).toBe(400);
  });
});
