import { randomUUID } from 'node:crypto';
import { MemoryVersionedCache } from '@shop/shared/backing/memory-versioned-cache';
import { Transactions } from '@shop/shared/delivery/transactions';
import { silentTelemetry } from '@shop/shared/telemetry/telemetry';
import { openDatabase } from '../src/persistence/open-database.js';
import { ProductReader } from '../src/persistence/product-reader.js';
import { ProductStore } from '../src/persistence/product.store.js';
import { ReservationStore } from '../src/persistence/reservation.store.js';
import { ReleaseStock } from '../src/use-cases/release-stock.js';
import { testDatabase } from '../../../tests/support/test-database.js';

it('says what of a cancelled order its products could not take back', async () => {
  const { url, drop } = await testDatabase();
  const database = openDatabase({ DATABASE_URL: url, DATABASE_POOL: 2 });
  await database.start();
  const telemetry = silentTelemetry();
  const [transactions, store, reservations] = [
    new Transactions(database, telemetry),
    new ProductStore(database),
    new ReservationStore(),
  ];
  const reader = new ProductReader(store, new MemoryVersionedCache(), telemetry);
  const said: unknown[] = [];
  const logger = { error: (...line: unknown[]) => void said.push(line) };
  const now = new Date();
  const order = randomUUID();
  const [full = 0, roomy = 0] = await transactions.run(async ({ em }) => {
    const draft = { name: 'Tea', description: null, price: 1 };
    const drafts = [
      { ...draft, stock: 2_147_483_640 },
      { ...draft, stock: 5 },
    ];
    const ids = (await store.insert(em, drafts, now)).map(({ id }) => id);
    await reservations.lock(em, order, now);
    const items = ids.map((productId) => ({ productId, quantity: 10 }));
    await reservations.save(em, order, { state: 'reserved', items }, now);
    return ids;
  });
  const releaseStock = new ReleaseStock(transactions, store, reservations, reader, logger);
  await releaseStock.run({ messageId: randomUUID(), consumer: 'q' }, order, now);
  const held = await database.fork().execute('select id::int, stock from products order by id');
  expect(held).toEqual([
    { id: full, stock: 2_147_483_647 },
    { id: roomy, stock: 15 },
  ]);
  expect(said).toEqual([[{ order_uuid: order, product_id: full, quantity: 3 }, expect.stringContaining('too high')]]);
  await database.stop();
  await drop();
});
