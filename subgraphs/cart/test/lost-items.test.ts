import { randomUUID } from 'node:crypto';
import { Transactions } from '@shop/shared/delivery/transactions';
import { silentLogger } from '@shop/shared/logging/logger';
import { CartStore } from '../src/persistence/cart.store.js';
import { CheckoutStore } from '../src/persistence/checkout.store.js';
import { openDatabase } from '../src/persistence/open-database.js';
import { AbandonCheckout } from '../src/use-cases/abandon-checkout.js';
import { testDatabase } from '../../../tests/support/test-database.js';

it('says what of an abandoned checkout its cart could not take back', async () => {
  const { url, drop } = await testDatabase();
  const database = openDatabase({ DATABASE_URL: url, DATABASE_POOL: 2 });
  await database.start();
  const said: unknown[] = [];
  const transactions = new Transactions(database, { logger: silentLogger });
  const [checkouts, carts] = [new CheckoutStore(), new CartStore(database)];
  const logger = { error: (...line: unknown[]) => void said.push(line) };
  const abandonCheckout = new AbandonCheckout(transactions, checkouts, carts, () => new Date(), logger);
  const sql = (text: string, values: unknown[] = []) => database.fork().execute(text, values);
  const order = randomUUID();
  const item = (productId: number, quantity: number) => ({ productId, name: 'x', quantity, price: 1 });
  await transactions.run(async ({ em }) => {
    await carts.lock(em, 1);
    await em.execute(`insert into product_snapshots (id, name, price, stock, version, deleted)
      values (1, 'x', 1, 1, 1, false), (2, 'y', 1, 1, 1, false)`);
    await em.execute('insert into cart_items (user_id, product_id, quantity) values (1, 1, 9000), (1, 2, 5)');
    const locked = await checkouts.lock(em, order, 1);
    await checkouts.note(em, locked, { state: 'taken', items: [item(1, 1_200), item(2, 9_995)] }, new Date());
  });
  await abandonCheckout.run(order, 1, { messageId: randomUUID(), consumer: 'q' });
  const held = await sql('select product_id::int as id, quantity from cart_items order by 1');
  expect(held).toEqual([
    { id: 1, quantity: 10_000 },
    { id: 2, quantity: 10_000 },
  ]);
  expect(said).toEqual([[{ order_uuid: order, product_id: 1, quantity: 200 }, expect.stringContaining('too full')]]);
  await database.stop();
  await drop();
});
