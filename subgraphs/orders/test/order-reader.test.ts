import { rowsOf } from '@shop/shared/persistence/statements';
import { testDatabase } from '../../../tests/support/test-database.js';
import { openDatabase } from '../src/persistence/open-database.js';
import { OrderReader } from '../src/persistence/order-reader.js';

const USER = 7;
const ORDERS = 300;
const uuidOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

describe('reading the recent versions of an order', () => {
  let place: Awaited<ReturnType<typeof testDatabase>>;
  let database: ReturnType<typeof openDatabase>;

  beforeAll(async () => {
    place = await testDatabase();
    // One connection, whose statistics can be asked for.
    database = openDatabase({ DATABASE_URL: place.url, DATABASE_POOL: 1 });
    await database.start();
    await rowsOf(
      database,
      `with made as (
         insert into orders (uuid, user_id, email, status, total, currency, version, timeline_length, created_at, updated_at)
         select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, ?, 'a@example.com', 'Paid', 100, 'VND', 2, 1,
           now(), now()
         from generate_series(1, ?) as n returning *)
       insert into order_history (order_id, version, user_id, status, timeline_length, updated_at)
       select id, version.n, user_id, 'Paid', 1, now() from made, generate_series(1, 2) as version(n)`,
      [USER, ORDERS],
    );
  });
  afterAll(async () => {
    await database.stop();
    await place.drop();
  });

  const rowsRead = async (): Promise<number> => {
    await rowsOf(database, 'select pg_stat_force_next_flush()', []);
    const [read] = await rowsOf<{ rows: number }>(
      database,
      'select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows from pg_stat_user_tables',
      [],
    );
    return read?.rows ?? NaN;
  };

  it('reads that order alone, however many its customer has bought lately', async () => {
    const reader = new OrderReader(database);
    const before = await rowsRead();
    const versions = await reader.recentVersions(USER, 600, [uuidOf(150)]);
    expect(versions.map(({ uuid, version }) => [uuid, version])).toEqual([
      [uuidOf(150), 1],
      [uuidOf(150), 2],
    ]);
    const read = (await rowsRead()) - before;
    expect(read).toBeLessThan(10);
    // Else nothing was counted.
    expect(read).toBeGreaterThan(0);
    await expect(reader.recentVersions(USER + 1, 600, [uuidOf(150)])).resolves.toEqual([]);
    await expect(reader.recentVersions(USER, 0, [uuidOf(150)])).resolves.toEqual([]);
    await expect(reader.recentVersions(USER, 600)).resolves.toHaveLength(2 * ORDERS);
  });
});
