import { CompiledQuery } from 'kysely';
import { silentLogger } from '../../src/logging/logger.js';
import { Transactions } from '../../src/delivery/transactions.js';
import { aService } from '../delivery/a-service.js';
import { arrayLiteral, rowsOf, searchRows, type Session, writtenBy } from '../../src/persistence/statements.js';

describe('a statement with values', () => {
  let service: Awaited<ReturnType<typeof aService>>;
  let database: typeof service.database;

  beforeAll(async () => {
    service = await aService();
    database = service.database;
    await database.fork().execute('create table notes (id int primary key); insert into notes values (1)');
  });
  afterAll(() => service.stop());

  const known = async (text: string) => {
    const sql = 'select count(*) as times from pg_prepared_statements where statement = ? and name <> ?';
    return Number((await rowsOf<{ times: string }>(database, sql, [text, '']))[0]?.times);
  };

  it('is read by the server once a connection, also one that failed', async () => {
    const insert = (id: number) => writtenBy(database, 'insert into notes values (?)', [id]);
    expect(await insert(61)).toBe(1);
    await expect(insert(61)).rejects.toMatchObject({ code: '23505' });
    await expect(writtenBy(database, 'insert into notes values (?), (1)', [62])).rejects.toMatchObject({
      code: '23505',
    });
    await writtenBy(database, 'delete from notes where id = ? or id = 1', [1]);
    expect(await writtenBy(database, 'insert into notes values (?), (1)', [62])).toBe(2);
    expect(await insert(63)).toBe(1);
    expect(await known('insert into notes values ($1)')).toBe(1);
    expect(await known('insert into notes values ($1), (1)')).toBe(1);
  });

  it('is read anew, and planned for its values, where that is asked for', async () => {
    const found = () => searchRows(database, 'select id from notes where id < ? and 8 = 8', [0]);
    for (let times = 0; times < 3; times += 1) expect(await found()).toEqual([]);
    const kept = await rowsOf(
      database,
      "select 1 from pg_prepared_statements where name <> ? and statement like '%8 = _'",
      [''],
    );
    expect(kept).toEqual([]);
  });

  it('is read again when the server has lost it', async () => {
    const one = () => rowsOf(database, 'select ?::int as one', [1]);
    await one();
    await database.fork().execute('deallocate all');
    expect(await one()).toEqual([{ one: 1 }]);
  });

  it('fails with what can not be said, and goes on', async () => {
    const kysely = database.getKysely();
    const one = await rowsOf(database, 'select ?::int as one', [1]);
    await expect(kysely.executeQuery(CompiledQuery.raw('select $1', [{}]))).rejects.toThrow(/string/);
    expect(await rowsOf(database, 'select ?::int as one', [1])).toEqual(one);
  });

  it('gives values as what they are, and nothing as nothing', async () => {
    const now = new Date();
    const values = ["it's", 7, 2n ** 62n, true, now, null, undefined, arrayLiteral([1, 2])];
    const rows = await rowsOf(
      database,
      `select ?::text as a, ?::int as b, ?::bigint as c, ?::boolean as d, extract(epoch from ?::timestamptz)::float8 as e,
         ?::text as f, ?::int as g, ?::int[] as h`,
      values,
    );
    expect(rows).toEqual([
      { a: "it's", b: 7, c: String(2n ** 62n), d: true, e: now.getTime() / 1_000, f: null, g: null, h: [1, 2] },
    ]);
  });

  it('is read again when what its rows look like has changed, by itself and in a transaction', async () => {
    await database.fork().execute('create table changing (id int); insert into changing values (1)');
    const transactions = new Transactions(database, { logger: silentLogger });
    const all = (on: Session) => rowsOf(on, 'select * from changing where id = ?', [1]);
    for (const [column, read] of [
      ['a', () => all(database)],
      ['b', () => transactions.run(({ em }) => all(em))],
    ] as const) {
      await read();
      await database.fork().execute(`alter table changing add column ${column} int`);
      expect((await read())[0]).toHaveProperty(column, null);
    }
  });
});
