import { servicePorts } from '@shop/shared/backing/roster';
import { RunningShop } from '../e2e/running-shop.js';
import { screenshot, TestBrowser } from './test-browser.js';

describe('the pages in the browser, under their content security policies', () => {
  let shop: RunningShop;
  let browser: TestBrowser;
  beforeAll(async () => {
    shop = await RunningShop.start('embedded');
    browser = await TestBrowser.open();
  });
  afterAll(async () => {
    await Promise.all([shop?.stop(), browser?.close()]);
  });
  const swaggerAt = async (origin: string) => {
    const page = await browser.page(`${origin}/swagger/index.html`);
    await page.locator('.opblock').first().waitFor();
    return page;
  };

  it('GraphiQL knows the schema, and runs a query', async () => {
    const query = '{ products(first: 1) { edges { node { name } } } }';
    const page = await browser.page(`${shop.gateway}/graphiql?query=${encodeURIComponent(query)}`);
    await page.getByRole('button', { name: 'Execute query' }).click();
    await page.locator('.result-window').getByText('"products"').waitFor();
    await page.getByRole('button', { name: 'Documentation Explorer' }).click();
    await page.getByText('Root Types').waitFor();
    await screenshot(page, '10-graphiql');
  });

  it('the documentation leads on, and the gateway and every service show their Swagger UI', async () => {
    const docs = await browser.page(`${shop.gateway}/docs`);
    await docs.getByRole('heading', { name: 'Shop' }).waitFor();
    await swaggerAt(shop.gateway);
    for (const port of [servicePorts.auth, servicePorts.orders, servicePorts.logger])
      await swaggerAt(shop.service(port));
  });

  it('the mail page shows what was sent', async () => {
    const mail = await browser.page(`${shop.service(servicePorts.mailer)}/mail`);
    await mail.getByText('No mail yet').waitFor();
  });

  it('no page loads what it may not, runs what it may not, or can be framed', async () => {
    expect(browser.mishaps).toEqual([]);
    const pages = [
      `${shop.gateway}/graphiql`,
      `${shop.gateway}/graphql`,
      `${shop.gateway}/docs`,
      `${shop.gateway}/swagger/index.html`,
      `${shop.service(servicePorts.auth)}/swagger/index.html`,
      `${shop.service(servicePorts.mailer)}/mail`,
    ];
    for (const page of pages) {
      const { headers } = await fetch(page, { headers: { accept: 'text/html' } });
      const policy = headers.get('content-security-policy');
      expect([page, policy]).toEqual([page, expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/)]);
      expect([page, headers.get('x-content-type-options')]).toEqual([page, 'nosniff']);
    }
  });

  it('the headers of every answer are helmet’s, at the gateway and at every service, and speak of HTTPS to none who came without it', async () => {
    const origins = [shop.gateway, ...Object.values(servicePorts).map((port) => shop.service(port))];
    for (const origin of origins)
      for (const path of ['/healthz', '/nowhere']) {
        const { headers } = await fetch(origin + path);
        expect([origin + path, Object.fromEntries(headers)]).toEqual([
          origin + path,
          expect.objectContaining({
            'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
            'cross-origin-opener-policy': 'same-origin',
            'referrer-policy': 'no-referrer',
            'x-content-type-options': 'nosniff',
            'x-frame-options': 'SAMEORIGIN',
          }),
        ]);
        expect(headers.get('strict-transport-security')).toBeNull();
        expect(headers.get('x-powered-by')).toBeNull();
      }
  });
});
