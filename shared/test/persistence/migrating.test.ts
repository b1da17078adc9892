import { Migration } from '@mikro-orm/migrations';
import { defineEntity, p } from '@mikro-orm/postgresql';
import pg from 'pg';
import { Database } from '../../src/persistence/database.js';
import type { NamedMigration } from '../../src/persistence/migrating.js';
import { eventually } from '../../../tests/support/eventually.js';
import { testDatabase } from '../../../tests/support/test-database.js';

const Thing = defineEntity({ name: 'Thing', tableName: 'things', properties: { id: p.integer().primary() } });

function migration(name: string, statements: readonly string[], transactional = true): NamedMigration {
  return {
    name,
    class: class extends Migration {
      override up(): void {
        for (const statement of statements) this.addSql(statement);
      }
      override isTransactional(): boolean {
        return transactional;
      }
    },
  };
}

const first = migration('0001_tables', ['create table things (id int primary key)', 'create table runs (at int)']);
const expansion = migration('0002_names', ['alter table things add name text', 'insert into runs values (2)']);
const index = migration(
  '0003_index',
  [
    'set lock_timeout = 0',
    'drop index concurrently if exists named',
    'create index concurrently named on things (name)',
    'reset lock_timeout',
  ],
  false,
);
const contraction = migration('0004_names_contract', ['alter table things drop name']);

describe('processes of different versions that start on one database', () => {
  let place: Awaited<ReturnType<typeof testDatabase>>;
  let client: pg.Client;
  beforeEach(async () => {
    place = await testDatabase();
    client = new pg.Client({ connectionString: place.url });
    await client.connect();
  });
  afterEach(async () => {
    await client.end();
    await place.drop();
  });

  const started = async (...migrations: readonly NamedMigration[]) => {
    const database = new Database({ url: place.url, entities: [Thing], poolSize: 2, migrations });
    try {
      await database.start();
    } finally {
      await database.stop();
    }
  };
  const applied = async () =>
    (await client.query<{ name: string }>('select name from migrations order by id')).rows.map(({ name }) => name);
  /** Whether somebody waits for a lock of the table. */
  const waiters = async () =>
    (
      await client.query<{ n: number }>(
        `select count(*)::int as n from pg_locks where relation = 'things'::regclass and not granted`,
      )
    ).rows[0]?.n;

  it('apply each migration once, also one that builds an index beside the writers, however many start at once', async () => {
    const versions = Array.from({ length: 5 }, () => started(first, expansion, index));
    await expect(Promise.all(versions)).resolves.toHaveLength(5);
    expect(await applied()).toEqual(['0001_tables', '0002_names', '0003_index']);
    const { rows } = await client.query(
      `select (select count(*)::int from runs) as runs, indisvalid as valid from pg_index where indexrelid = 'named'::regclass`,
    );
    expect(rows).toEqual([{ runs: 1, valid: true }]);
  });

  it('leave alone what a newer one has added', async () => {
    await started(first, expansion);
    await expect(started(first)).resolves.toBeUndefined();
    expect(await applied()).toEqual(['0001_tables', '0002_names']);
    await client.query(`insert into things (id, name) values (1, 'still there')`);
  });

  it('do not start once a newer one has taken away what they use', async () => {
    await started(first, expansion, contraction);
    await expect(started(first, expansion)).rejects.toThrow(
      'the database is of a newer version, which has taken away what this one uses (0004_names_contract)',
    );
    await expect(started(first, expansion, contraction)).resolves.toBeUndefined();
  });

  it('keep what was applied before one that fails', async () => {
    const broken = migration('0003_broken', ['alter table things add more text', 'select no_such_thing']);
    await expect(started(first, expansion, broken)).rejects.toThrow('no_such_thing');
    expect(await applied()).toEqual(['0001_tables', '0002_names']);
    await expect(client.query('select more from things')).rejects.toThrow('does not exist');
  });

  it('wait for a table in turns, so that who uses it meanwhile does not wait behind them for long', async () => {
    await started(first);
    const writer = new pg.Client({ connectionString: place.url });
    await writer.connect();
    await writer.query('begin');
    await writer.query('insert into things values (1)');
    let over = false;
    const starting = started(first, expansion).finally(() => (over = true));
    await eventually(async () => expect(await waiters()).toBe(1));
    // This one comes after the migration, which waits for the writer, and is answered all the same.
    await client.query('select * from things');
    expect(over).toBe(false);
    await writer.query('commit');
    await expect(starting).resolves.toBeUndefined();
    expect(await applied()).toEqual(['0001_tables', '0002_names']);
    await writer.end();
  });
});
