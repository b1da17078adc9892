import { randomUUID } from 'node:crypto';
import { serviceNames } from '@shop/shared/backing/roster';
import { RunningShop } from '../e2e/running-shop.js';
import { eventually } from '../support/eventually.js';
import { SwaggerUi } from './swagger-ui.js';
import { screenshot, TestBrowser } from './test-browser.js';

describe('a purchase in the browser, at each service’s own Swagger UI', () => {
  let shop: RunningShop;
  let browser: TestBrowser;
  beforeAll(async () => {
    shop = await RunningShop.start('embedded', { LOGIN_RATE_LIMIT: '0' });
    browser = await TestBrowser.open();
  });
  afterAll(async () => {
    await Promise.all([shop?.stop(), browser?.close()]);
  });

  const ports = { auth: 8084, products: 8081, cart: 8082, orders: 8083, payments: 8086 } as const;
  const open = async (service: keyof typeof ports) =>
    new SwaggerUi(await browser.page(`${shop.service(ports[service])}/swagger/index.html`));
  const username = `u${randomUUID().replaceAll('-', '').slice(0, 20)}`;
  const password = 'a long passphrase';
  let token: string;
  let product: { id: number; price: number };
  let order: { id: number; uuid: string };

  it('begins at /docs, which leads to each of them', async () => {
    const page = await browser.page(`${shop.gateway}/docs`);
    await screenshot(page, '1-docs');
    const link = (service: string) => page.getByRole('link', { name: service, exact: true });
    for (const [service, port] of Object.entries(ports))
      expect(await link(service).getAttribute('href')).toBe(`${shop.service(port)}/swagger/index.html`);
    expect(await page.locator('td.ready').count()).toBe(serviceNames.length);
    await link('orders').click();
    await page.locator('.opblock').first().waitFor();
  });

  it('registers with the example as it stands, and as somebody of one’s own; logs in; sees a wrong password refused', async () => {
    const auth = await open('auth');
    expect(await auth.tryOut('POST', '/auth/register')).toMatchObject({ status: 201, body: { username: 'linh' } });
    const body = { username, password, email: `${username}@example.com` };
    expect(await auth.tryOut('POST', '/auth/register', { body })).toMatchObject({ status: 201, body: { username } });
    const wrong = await auth.tryOut('POST', '/auth/login', { body: { login: username, password: 'wrong' } });
    expect(wrong).toEqual({ status: 401, body: { error: 'invalid credentials' } });
    const answer = await auth.tryOut('POST', '/auth/login', { body: { login: username, password } });
    expect(answer.status).toBe(200);
    ({ token } = answer.body as { token: string });
    expect((await auth.tryOut('GET', '/api/profile')).status).toBe(401);
    await auth.authorize(token);
    expect(await auth.tryOut('GET', '/api/profile')).toEqual({ status: 200, body: { user_id: expect.any(Number) } });
    await screenshot(auth.page, '2-auth');
  });

  it('looks at the products, and may not change them', async () => {
    const products = await open('products');
    const { status, body } = await products.tryOut('GET', '/products', { parameters: { limit: '2' } });
    expect([status, body]).toEqual([200, [expect.any(Object), expect.any(Object)]]);
    [product] = body as [typeof product];
    expect(await products.tryOut('GET', '/products/{id}', { parameters: { id: String(product.id) } })).toMatchObject({
      status: 200,
      body: product,
    });
    await products.authorize(token);
    expect((await products.tryOut('POST', '/products')).status).toBe(403);
    await screenshot(products.page, '3-products');
  });

  it('fills the cart, with a token pasted behind the word Bearer', async () => {
    const cart = await open('cart');
    expect(await cart.tryOut('GET', '/cart')).toMatchObject({ status: 401 });
    for (const pasted of [`Bearer ${token}`, `bearer  ${token} `, token]) {
      await cart.authorize(pasted);
      expect(await cart.tryOut('GET', '/cart')).toEqual({ status: 200, body: [] });
    }
    await cart.authorize(`Bearer ${token}`);
    const added = await cart.tryOut('POST', '/cart', { body: { product_id: product.id, quantity: 2 } });
    expect(added).toMatchObject({
      status: 201,
      body: { product_id: product.id, quantity: 2, subtotal: 2 * product.price },
    });
    const parameters = { id: String((added.body as { id: number }).id) };
    const changed = await cart.tryOut('PUT', '/cart/{id}', { parameters, body: { quantity: 1 } });
    expect(changed).toMatchObject({ status: 200, body: { quantity: 1 } });
    await screenshot(cart.page, '4-cart');
  });

  it('orders with the example as it stands, and sees the order become Paid', async () => {
    const orders = await open('orders');
    await orders.authorize(token);
    const parameters = { 'idempotency-key': randomUUID() };
    const placed = await orders.tryOut('POST', '/orders', { parameters });
    expect(placed).toMatchObject({ status: 201, body: { status: 'Pending', total: product.price } });
    order = placed.body as typeof order;
    expect(await orders.tryOut('POST', '/orders', { parameters })).toMatchObject({
      status: 201,
      body: { uuid: order.uuid },
    });
    await eventually(
      async () =>
        expect(await orders.tryOut('GET', '/orders/{id}', { parameters: { id: String(order.id) } })).toMatchObject({
          status: 200,
          body: { uuid: order.uuid, status: 'Paid' },
        }),
      { timeoutMs: 15_000 },
    );
    await screenshot(orders.page, '5-orders');
  });

  it('sees the payment', async () => {
    const payments = await open('payments');
    await payments.authorize(`Bearer ${token}`);
    const parameters = { order_uuid: order.uuid };
    expect(await payments.tryOut('GET', '/payments/{order_uuid}', { parameters })).toMatchObject({
      status: 200,
      body: { order_uuid: order.uuid, amount: product.price, status: 'SUCCEEDED' },
    });
    await screenshot(payments.page, '6-payments');
  });

  it('does the same at the gateway, under one address', async () => {
    const all = new SwaggerUi(await browser.page(`${shop.gateway}/swagger/index.html`));
    const products = await all.tryOut('GET', '/products', { parameters: { limit: '1' } });
    expect(products).toEqual({ status: 200, body: [expect.any(Object)] });
    await all.authorize(token);
    const parameters = { id: String(order.id) };
    expect(await all.tryOut('GET', '/orders/{id}', { parameters })).toMatchObject({
      status: 200,
      body: { id: order.id },
    });
    await screenshot(all.page, '7-gateway');
  });

  it('had no script fail, nothing blocked, and nothing loaded from elsewhere', () => {
    expect(browser.mishaps).toEqual([]);
  });
});
