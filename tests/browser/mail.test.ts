import { randomUUID } from 'node:crypto';
import { servicePorts } from '@shop/shared/backing/roster';
import { Shopper } from '@shop/system/demo/shopper';
import { admin, RunningShop } from '../e2e/running-shop.js';
import { eventually } from '../support/eventually.js';
import { screenshot, TestBrowser } from './test-browser.js';

const HOSTILE = '<img src="http://elsewhere.example/x" onerror="alert(1)"><script>alert(2)</script> Đèn lồng';

describe('the mail page in the browser', () => {
  let shop: RunningShop;
  let browser: TestBrowser;
  const people: Shopper[] = [];
  beforeAll(async () => {
    shop = await RunningShop.start('embedded', { LOGIN_RATE_LIMIT: '0' });
    browser = await TestBrowser.open();
  });
  afterAll(async () => {
    await Promise.all(people.map((person) => person.close()));
    await Promise.all([shop?.stop(), browser?.close()]);
  });

  it('is empty, is found from /docs, and shows each mail a moment after its order', async () => {
    const docs = await browser.page(`${shop.gateway}/docs`);
    await docs.getByRole('link', { name: 'Mail', exact: true }).click();
    await docs.getByText('No mail yet').waitFor();
    expect(docs.url()).toBe(`${shop.service(servicePorts.mailer)}/mail`);
    await screenshot(docs, '7-no-mail');

    const shopkeeper = await Shopper.login(shop.gateway, admin.email, admin.password);
    const linh = await Shopper.register(shop.gateway, `s${randomUUID().replaceAll('-', '').slice(0, 20)}`);
    people.push(shopkeeper, linh);
    const create = (name: string, price: number, stock = 9) => shopkeeper.createProduct({ name, price, stock });
    const products = await Promise.all([
      create('Trà sen Tây Hồ', 185_000),
      create('Gốm Bát Tràng: ấm và sáu chén '.repeat(6), 1_250_000),
      create(HOSTILE, 90_000),
    ]);
    const unlucky = await create('Unlucky envelope', 6_666);
    for (const [index, { id }] of products.entries()) await linh.addToCart(id, index + 1);
    const orders = [await linh.placeOrder()];
    await linh.addToCart(unlucky.id);
    orders.push(await linh.placeOrder());
    for (const { uuid } of orders)
      await eventually(
        async () => expect(await linh.emailsAbout(uuid)).toMatchObject([{ sentAt: expect.any(String) }]),
        {
          timeoutMs: 15_000,
        },
      );

    // The page looks again by itself.
    const entry = docs.getByRole('link', { name: 'is confirmed' });
    await entry.waitFor();
    await docs.getByRole('link', { name: 'was cancelled: payment declined' }).waitFor();
    await screenshot(docs, '8-mails');
    await entry.click();
    const mail = docs.frameLocator('iframe');
    await mail.getByRole('heading', { name: 'Thank you for your order' }).waitFor();
    expect(await mail.getByText(HOSTILE).count()).toBe(1);
    expect(await mail.getByText('₫2,955,000').count()).toBe(2);
    await docs.getByText('Headers').click();
    await docs.getByText('Auto-Submitted: auto-generated').waitFor();
    await docs.screenshot({ path: '.cache/screenshots/9-mail.png', fullPage: true });
  });

  it('had no script run or fail, nothing blocked, and nothing loaded from elsewhere', () => {
    expect(browser.mishaps).toEqual([]);
  });
});
